//! `qip image`: decodes a picture, carries it through tile filters, and encodes it.

mod stats;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use qip_codec::{Decoded, Encoding, Format};
use qip_contract::Utf8;
use qip_host::Limits;
use qip_host::image::{Filters, ImageOptions, Picture, Progress};
use stats::Stats;

use crate::bar::Bar;
use crate::exit::{Exit, Failure};
use crate::limits::{self, PictureOptions, RunOptions};
use crate::message::Messages;
use crate::{output_file, stages};

/// Runs tile filters over a picture.
///
/// Reads PNG, JPEG, BMP, WebP, TIFF, GIF (the first frame) and PNM, by content. Filters get
/// RGBA with straight alpha; samples of 16 bits become 8, and the picture is turned as its
/// Exif orientation says. A colour profile goes along to PNG, JPEG and WebP.
///
/// Writes what the output's extension says: `.png`, `.jpg`, `.bmp`, `.webp` (lossless),
/// `.ppm`, `.pnm`, `.pam`; PNG where there is none, and on stdout. JPEG and PPM have no
/// alpha: the picture is laid on white. In a BMP of 32 bits the fourth byte is alpha, as it
/// is to `qip run`.
#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Image {
    /// The filters in order, each with its uniforms after it: MODULE '?key=value&key2=value2'.
    #[arg(value_name = "MODULE ['?KEY=VALUE&…']", required = true)]
    stages: Vec<OsString>,
    /// The picture; `-` is stdin.
    #[arg(short, long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// The file that the result is written to, replaced only when all went well; `-` is stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The quality of a JPEG, from 1 to 100; without, 90.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: Option<u8>,
    /// Make a PNG as small as can be, which takes much longer.
    #[arg(long)]
    best: bool,
    /// Say on stderr what it took: time in modules, around them and in codecs, and memory.
    /// Where it fails, as much as is known.
    #[arg(long)]
    stats: bool,
    /// Write the picture to a terminal.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    options: RunOptions,
    /// The time that filters may take over all stages, in milliseconds.
    #[arg(long, value_name = "N", default_value_t = 60_000, value_parser = clap::value_parser!(u64).range(1..), help_heading = limits::HEADING)]
    timeout_ms: u64,
    #[command(flatten)]
    pictures: PictureOptions,
}

const AFTER_HELP: &str = "\
Examples:
  qip image -i photo.jpg -o inverted.png invert.wasm
  qip image -i photo.jpg -o soft.jpg --quality 80 gaussian-blur.wasm '?radius=4' vignette.wasm
  qip image --threads 1 --stats sobel.wasm < photo.webp > edges.png

Exit codes:
  0  the picture was written
  2  the command line cannot be understood
  3  a file cannot be read or written, or holds no picture that can be decoded
  4  the request failed: refused, the size of the picture too, or a module trapped
  5  a limit stopped it";

/// How often the bar is looked after.
const TICK: Duration = Duration::from_millis(100);

impl Image {
    pub(crate) fn run(&self, messages: &Messages) -> Result<Exit, Failure> {
        let mut stats = Stats::default();
        let result = self.run_and_note(messages, &mut stats);
        if self.stats {
            stats.tell();
        }
        result.map(|()| Exit::Fine)
    }

    fn run_and_note(&self, messages: &Messages, stats: &mut Stats) -> Result<(), Failure> {
        let plain = Encoding::new(self.format()?);
        let limits = self.pictures.limits(self.options.limits());
        let request_limits = self.options.request_limits(self.timeout_ms);
        let host = self.options.host(limits, request_limits, Utf8::Checked);
        let stages = stages::load(&self.stages, &host, messages)?;
        let begin = Instant::now();
        let filters = host.filters(stages.iter().map(stages::LoadedStage::stage))?;
        messages.detail(|| format!("loaded in {:.1?}", begin.elapsed()));

        let begin = Instant::now();
        let decoded = self.decode(host.limits())?;
        let decoding = begin.elapsed();
        messages.detail(|| format!("{decoded}, decoded in {decoding:.1?}"));
        let Decoded {
            picture,
            format: from,
            profile,
            ..
        } = decoded;
        stats.read = Some((picture.width(), picture.height(), from, decoding));
        let encoding = Encoding {
            quality: self.quality.unwrap_or(plain.quality),
            best: self.best,
            profile,
            ..plain
        };
        let fits = encoding.check(picture.width(), picture.height());
        fits.map_err(anyhow::Error::new)?;

        let mut options = ImageOptions::threads(self.pictures.threads());
        options.limits = request_limits;
        let threads = options.threads;
        stats.threads = threads;
        let begin = Instant::now();
        let result = apply(&filters, &picture, options, &stats.progress, messages)?;
        let filtering = begin.elapsed();
        messages.detail(|| format!("filtered in {filtering:.1?}, on at most {threads} threads"));
        stats.filtering = Some(filtering);
        // It goes before the encoder comes.
        drop(picture);

        let begin = Instant::now();
        let name = encoding.format.name();
        self.write(encoding, result)?;
        let encoding = begin.elapsed();
        messages.detail(|| format!("{name} written in {encoding:.1?}"));
        stats.written = Some((name, encoding));
        Ok(())
    }

    /// What to write, where that can be done at all.
    fn format(&self) -> Result<Format, Failure> {
        let format = match self.output_file() {
            Some(path) => format_of(path)?,
            None => Format::Png,
        };
        for (is_given, option, wanted) in [
            (self.quality.is_some(), "--quality", Format::Jpeg),
            (self.best, "--best", Format::Png),
        ] {
            if is_given && format != wanted {
                let (wanted, found) = (wanted.name(), format.name());
                return Err(Failure::Usage(
                    format!("`{option}` is for {wanted}, and the output is {found}"),
                    "leave it out, or change the extension of the output".to_owned(),
                ));
            }
        }
        // A dash says that it is meant.
        if self.output.is_none() && !self.force && io::stdout().is_terminal() {
            return Err(output_file::no_text_to_a_terminal());
        }
        Ok(format)
    }

    fn output_file(&self) -> Option<&Path> {
        let path = self.output.as_deref();
        path.filter(|path| *path != Path::new("-"))
    }

    /// Reads the picture: from `-i`, else from stdin unless that is a terminal.
    fn decode(&self, limits: &Limits) -> Result<Decoded, Failure> {
        match &self.input {
            Some(path) if path != Path::new("-") => {
                let source = format!("`{}`", path.display());
                let file = File::open(path).with_context(|| format!("cannot read {source}"))?;
                qip_codec::read(file, limits).map_err(|error| unread(error, &source))
            }
            None if io::stdin().is_terminal() => Err(Failure::Usage(
                "there is no picture: stdin is a terminal".to_owned(),
                "name one with -i, or pipe one in".to_owned(),
            )),
            _ => {
                let stdin = io::stdin().lock();
                qip_codec::read(stdin, limits).map_err(|error| unread(error, "stdin"))
            }
        }
    }

    fn write(&self, encoding: Encoding, picture: Picture) -> Result<(), Failure> {
        let write = |to: &mut dyn Write| {
            let mut to = BufWriter::with_capacity(1 << 16, to);
            encoding.write(picture, &mut to)?;
            to.flush()
        };
        match self.output_file() {
            Some(path) => Ok(output_file::replace(path, |file| Ok(write(file)?))?),
            None => write(&mut io::stdout().lock()).map_err(Failure::of_stdout),
        }
    }
}

/// The format of a file, by its extension; a name without one is for PNG.
fn format_of(path: &Path) -> Result<Format, Failure> {
    let Some(extension) = path.extension() else {
        return Ok(Format::Png);
    };
    Format::of_extension(extension).ok_or_else(|| {
        let known: Vec<String> = Format::extensions()
            .map(|known| format!("`.{known}`"))
            .collect();
        let (last, known) = known.split_last().expect("one at least");
        Failure::Usage(
            format!(
                "`{}` has the extension of no format that can be written",
                path.display()
            ),
            format!("end it in {} or {last}", known.join(", ")),
        )
    })
}

/// Why the picture from `source` was not read.
fn unread(error: qip_codec::Error, source: &str) -> Failure {
    match error {
        qip_codec::Error::Size(error) => error.into(),
        qip_codec::Error::TooLarge { most, pixels } => Failure::Refused(format!(
            "{source} is too large: more than {most} bytes, for {pixels} pixels"
        )),
        error => anyhow::Error::new(error)
            .context(format!("cannot read {source}"))
            .into(),
    }
}

/// Runs the filters, under a bar where somebody would see it.
fn apply(
    filters: &Filters,
    picture: &Picture,
    options: ImageOptions,
    progress: &Progress,
    messages: &Messages,
) -> Result<Picture, qip_host::Error> {
    let apply = || filters.apply_watched(picture, options, progress);
    if messages.is_quiet() || !io::stderr().is_terminal() {
        return apply();
    }
    let (over, is_over) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watch = move || {
            let bar = Bar::new();
            while is_over.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let (done, total) = (progress.done(), progress.total());
                if total > 0 {
                    bar.show(done, total);
                }
            }
            bar.clear();
        };
        // Where there is no thread for it, there is no bar.
        let _ = thread::Builder::new().spawn_scoped(scope, watch);
        let result = apply();
        drop(over);
        result
    })
}
