//! How far long work is, on a terminal's stderr.

use std::io::Write as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on a terminal's stderr, for a run that takes over a second.
#[derive(Clone)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new() -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len}") {
            bar.set_style(style);
        }
        Bar(bar)
    }

    /// One that is never drawn.
    pub(crate) fn hidden() -> Bar {
        Bar(ProgressBar::hidden())
    }

    pub(crate) fn show(&self, done: u64, total: u64) {
        let Bar(bar) = self;
        // Also a length would draw it.
        if bar.elapsed() > Duration::from_secs(1) {
            bar.set_length(total);
            bar.set_position(done);
        }
        if done == total {
            self.clear();
        }
    }

    /// Takes it off the screen.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }

    /// Writes a line to stderr, above the bar where it is drawn.
    pub(crate) fn say(&self, line: &str) {
        self.0.suspend(|| {
            // Where stderr itself is gone there is nobody left to tell.
            let _ = writeln!(anstream::stderr(), "{line}");
        });
    }
}
