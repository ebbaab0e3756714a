//! What a picture took, as `--stats` tells it.

use std::fmt;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::time::Duration;

use qip_host::image::Progress;

/// What is told of.
pub(super) struct Stats<'a> {
    /// Width and height, in pixels.
    pub(super) size: (u32, u32),
    /// Of input and output.
    pub(super) formats: (&'static str, &'static str),
    pub(super) threads: NonZeroUsize,
    /// By the clock, as the last two.
    pub(super) filtering: Duration,
    pub(super) progress: &'a Progress,
    pub(super) decoding: Duration,
    pub(super) encoding: Duration,
}

impl fmt::Display for Stats<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((width, height), (from, to)) = (self.size, self.formats);
        let megapixels = f64::from(width) * f64::from(height) / 1e6;
        let rate = megapixels / self.filtering.as_secs_f64();
        let together = match self.threads.get() {
            1 => String::new(),
            threads => format!(", on {threads} threads together"),
        };
        writeln!(f, "picture   {width} × {height} pixels, {from} to {to}")?;
        let decoding = self.decoding;
        writeln!(f, "decoding  {decoding:.1?}")?;
        let filtering = self.filtering;
        writeln!(
            f,
            "filters   {filtering:.1?}, {rate:.1} megapixels a second"
        )?;
        let (modules, tiling) = (self.progress.modules(), self.progress.tiling());
        writeln!(f, "  modules   {modules:.1?}{together}")?;
        writeln!(f, "  tiling    {tiling:.1?}{together}, with conversion")?;
        let encoding = self.encoding;
        writeln!(f, "encoding  {encoding:.1?}")?;
        match peak_memory() {
            Some(bytes) => writeln!(f, "memory    {:.1} MB at most", bytes as f64 / 1e6),
            None => writeln!(f, "memory    unknown on this system"),
        }
    }
}

/// Writes them to stderr.
pub(super) fn tell(stats: &Stats<'_>) {
    // Where stderr itself is gone there is nobody left to tell.
    let _ = write!(anstream::stderr(), "{stats}");
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
