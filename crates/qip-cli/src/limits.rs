//! Options that say how modules run: engine, limits, departures from the strict contract.

use std::num::NonZeroUsize;
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use qip_contract::{Floats, Utf8};
use qip_host::{BuiltIn, Host, Limits, Options, RequestLimits};

/// An engine as an option names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EngineName(pub(crate) BuiltIn);

impl ValueEnum for EngineName {
    fn value_variants<'a>() -> &'a [EngineName] {
        static ALL: LazyLock<Vec<EngineName>> =
            LazyLock::new(|| BuiltIn::ALL.iter().copied().map(EngineName).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()).help(self.0.meaning()))
    }
}

/// The heading of these options in help.
pub(crate) const HEADING: &str = "How modules run";

/// The options that every subcommand has which carries requests. How long one may take is
/// theirs to say, for they have defaults of their own.
#[derive(Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct RunOptions {
    /// The engine.
    #[arg(long, value_name = "ENGINE", default_value = "wasmtime")]
    engine: EngineName,
    /// The fuel that one request may use, in the engine's own units.
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,
    /// The linear memory that a module may have, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::standard().memory_bytes)]
    max_memory: u64,
    /// Refuse modules whose memory can grow.
    #[arg(long)]
    fixed_memory: bool,
    /// Make the bits of NaN the same on every engine and machine.
    #[arg(long)]
    deterministic: bool,
}

impl RunOptions {
    /// The sizes that a module may have.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            memory_bytes: self.max_memory,
            ..Limits::standard()
        }
    }

    /// What one request may take.
    pub(crate) fn request_limits(&self, timeout_ms: u64) -> RequestLimits {
        RequestLimits {
            time: Some(Duration::from_millis(timeout_ms)),
            fuel: self.fuel,
        }
    }

    /// A host for one request, under these limits.
    pub(crate) fn host(&self, limits: Limits, request: RequestLimits, utf8: Utf8) -> Host {
        let options = Options {
            utf8,
            floats: if self.deterministic {
                Floats::Deterministic
            } else {
                Floats::Any
            },
            fixed_memory: self.fixed_memory,
            metering: request.into(),
            ..Options::default()
        };
        Host::with_options(self.engine.0.engine_for_one_request(), limits, options)
    }
}

/// The options that say how tile filters run over pictures.
#[derive(Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct PictureOptions {
    /// The threads that run filters; without, as many as the machine has cores, and never more
    /// than four for each. With 1, tiles are taken row by row. The result is the same.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The pixels that a picture may have.
    #[arg(long, value_name = "N", default_value_t = Limits::standard().image_pixels)]
    max_pixels: u64,
    /// The pixels that a side of a picture may have.
    #[arg(long, value_name = "N", default_value_t = Limits::standard().image_side)]
    max_side: u64,
}

/// The most threads for each core. More gain nothing, and each has an instance of each filter.
const THREADS_A_CORE: usize = 4;

impl PictureOptions {
    /// These limits, with those on pictures.
    pub(crate) fn limits(&self, limits: Limits) -> Limits {
        Limits {
            image_pixels: self.max_pixels,
            image_side: self.max_side,
            ..limits
        }
    }

    pub(crate) fn threads(&self) -> NonZeroUsize {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.threads_on(cores)
    }

    fn threads_on(&self, cores: NonZeroUsize) -> NonZeroUsize {
        let given = self.threads.map(usize::from).and_then(NonZeroUsize::new);
        let most = cores.saturating_mul(const { NonZeroUsize::new(THREADS_A_CORE).unwrap() });
        given.map_or(cores, |given| given.min(most))
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::PictureOptions;

    #[test]
    fn threads_are_bounded_by_cores() {
        for (given, cores, expected) in [
            (None, 1, 1),
            (None, 3, 3),
            (Some(1), 8, 1),
            (Some(4), 1, 4),
            (Some(5), 1, 4),
            (Some(1024), 2, 8),
        ] {
            let options = PictureOptions {
                threads: given,
                max_pixels: 0,
                max_side: 0,
            };
            let found = options.threads_on(NonZeroUsize::new(cores).unwrap());
            assert_eq!(found.get(), expected, "{given:?} on {cores} cores");
        }
    }
}
