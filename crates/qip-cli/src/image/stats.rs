//! What a picture took, as `--stats` tells it.

use std::fmt;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::time::Duration;

use qip_host::image::Progress;

/// What is known so far.
pub(super) struct Stats {
    /// Width and height in pixels, format, and the time that decoding took.
    pub(super) read: Option<(u32, u32, &'static str, Duration)>,
    pub(super) threads: NonZeroUsize,
    pub(super) progress: Progress,
    /// By the clock, the threads beside each other.
    pub(super) filtering: Option<Duration>,
    /// Format, and the time that encoding took.
    pub(super) written: Option<(&'static str, Duration)>,
}

impl Default for Stats {
    fn default() -> Stats {
        Stats {
            read: None,
            threads: NonZeroUsize::MIN,
            progress: Progress::default(),
            filtering: None,
            written: None,
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((width, height, format, time)) = self.read {
            writeln!(f, "picture   {width} × {height} pixels")?;
            writeln!(f, "decoding  {time:.1?}, {format}")?;
            if let Some(time) = self.filtering {
                let megapixels = f64::from(width) * f64::from(height) / 1e6;
                let rate = megapixels / time.as_secs_f64();
                writeln!(f, "filters   {time:.1?}, {rate:.1} megapixels a second")?;
            }
        }
        if self.progress.total() > 0 {
            let together = match self.threads.get() {
                1 => String::new(),
                _ => ", all threads together".to_owned(),
            };
            let (modules, tiling) = (self.progress.modules(), self.progress.tiling());
            writeln!(f, "  modules   {modules:.1?}{together}")?;
            writeln!(f, "  tiling    {tiling:.1?}{together}, with conversion")?;
        }
        if let Some((format, time)) = self.written {
            writeln!(f, "encoding  {time:.1?}, {format}")?;
        }
        match peak_memory() {
            Some(bytes) => writeln!(f, "memory    {:.1} MB at most", bytes as f64 / 1e6),
            None => writeln!(f, "memory    unknown on this system"),
        }
    }
}

impl Stats {
    /// Writes them to stderr.
    pub(super) fn tell(&self) {
        // Where stderr itself is gone there is nobody left to tell.
        let _ = write!(anstream::stderr(), "{self}");
    }
}

/// The most memory that this process has had at once, in bytes, where the system says it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
