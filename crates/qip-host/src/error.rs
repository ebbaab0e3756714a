//! What can go wrong, by kind, with the stage and the module.

use std::error::Error as StdError;
use std::fmt;

use qip_contract::{Code, Refusal, RequestLimits, Signature, TrapKind, quote};

use crate::engine::{CompileError, EngineError, Exhausted, Feature, Stop, Trap};

/// Why a module did not load or a request did not succeed.
///
/// `Display` says it in one line, with the stage, the module's name and the tile where
/// they are known (REC-5).
pub struct Error(Box<Inner>);

struct Inner {
    cause: Cause,
    stage: Option<usize>,
    /// Whether the recipe has other stages, so that the position means something.
    in_recipe: bool,
    module: Option<String>,
    tile: Option<(u32, u32)>,
    /// What the request was held to, for the message of what was stopped.
    held_to: RequestLimits,
}

/// What happened, before it is known where. It travels in a box: what every step
/// of a request gives back stays small.
#[derive(Debug)]
pub(crate) enum Cause {
    Refused(Refusal, Option<Trap>),
    Trapped(Trap),
    Stopped(Exhausted),
    Engine(EngineError),
    Lacks(Feature),
    Unsupported(String),
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The module, recipe, input or output breaks the contract.
    Refused(Code),
    /// The module trapped.
    Trapped(TrapKind),
    /// A limit on the request ran out.
    Stopped(Exhausted),
    /// The engine itself failed.
    Engine,
    /// The module needs what the engine says that it lacks.
    Lacks(Feature),
    /// This host cannot do what was asked.
    Unsupported,
}

impl ErrorKind {
    /// The kebab-case name: the failure code or trap kind where there is one.
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Refused(code) => code.as_str(),
            ErrorKind::Trapped(kind) => kind.as_str(),
            ErrorKind::Stopped(exhausted) => exhausted.as_str(),
            ErrorKind::Engine => "engine",
            ErrorKind::Lacks(_) | ErrorKind::Unsupported => "unsupported",
        }
    }
}

impl Error {
    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        match &self.0.cause {
            Cause::Refused(refusal, _) => ErrorKind::Refused(refusal.code()),
            Cause::Trapped(trap) => ErrorKind::Trapped(trap.kind),
            Cause::Stopped(exhausted) => ErrorKind::Stopped(*exhausted),
            Cause::Engine(_) => ErrorKind::Engine,
            Cause::Lacks(feature) => ErrorKind::Lacks(*feature),
            Cause::Unsupported(_) => ErrorKind::Unsupported,
        }
    }

    /// The position of the failing stage, from 1.
    pub fn stage(&self) -> Option<usize> {
        self.0.stage
    }

    /// The name that the failing module was loaded under.
    pub fn module(&self) -> Option<&str> {
        self.0.module.as_deref()
    }

    /// The tile at which a filter failed: `x` and `y` of the top-left pixel of its core.
    /// `None` for what fails before the first tile, and for what is no filter.
    pub fn tile(&self) -> Option<(u32, u32)> {
        self.0.tile
    }

    /// The refusal, with what was found and wanted.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.0.cause {
            Cause::Refused(refusal, _) => Some(refusal),
            _ => None,
        }
    }

    /// The trap: of a request, or of the instantiation that was refused for it.
    pub fn trap(&self) -> Option<&Trap> {
        match &self.0.cause {
            Cause::Trapped(trap) | Cause::Refused(_, Some(trap)) => Some(trap),
            _ => None,
        }
    }

    /// The message without the stage, the module and the tile.
    pub fn message(&self) -> String {
        match &self.0.cause {
            Cause::Refused(refusal, _) => refusal.to_string(),
            Cause::Trapped(trap) => format!("the module trapped: {}", trap.kind),
            Cause::Stopped(exhausted) => self.stopped(*exhausted),
            Cause::Unsupported(message) => message.clone(),
            Cause::Engine(error) => format!("the engine failed: {error}"),
            Cause::Lacks(feature) => CompileError::Lacks(*feature).to_string(),
        }
    }

    pub(crate) fn new(cause: impl Into<Box<Cause>>) -> Error {
        Error(Box::new(Inner {
            cause: *cause.into(),
            stage: None,
            in_recipe: false,
            module: None,
            tile: None,
            held_to: RequestLimits::default(),
        }))
    }

    /// Says where it happened: stage `index` from 0, of `stages`.
    pub(crate) fn at(mut self, index: usize, stages: usize) -> Error {
        self.0.stage = Some(index + 1);
        self.0.in_recipe = stages > 1;
        self
    }

    /// Says at which tile of a picture it happened (IMG-10).
    pub(crate) fn at_tile(mut self, tile: Option<(u32, u32)>) -> Error {
        self.0.tile = tile;
        self
    }

    /// Says what the request was held to.
    #[cold]
    pub(crate) fn held_to(mut self, limits: RequestLimits) -> Error {
        self.0.held_to = limits;
        self
    }

    /// The fixed texts of RUN-6.
    fn stopped(&self, exhausted: Exhausted) -> String {
        let RequestLimits { time, fuel } = self.0.held_to;
        match exhausted {
            Exhausted::Time => format!(
                "Wasm module exceeded the execution time limit ({}ms)",
                // Never told as less than it is.
                time.unwrap_or_default().as_micros().div_ceil(1000)
            ),
            Exhausted::Fuel => format!(
                "the module used up its fuel limit of {}",
                fuel.unwrap_or_default()
            ),
            Exhausted::Cancelled => "the request was cancelled".to_owned(),
        }
    }

    pub(crate) fn in_module(mut self, name: Option<&str>) -> Error {
        self.0.module = name.map(str::to_owned);
        self
    }
}

impl Cause {
    pub(crate) fn refused(code: Code, message: impl Into<String>) -> Box<Cause> {
        Refusal::new(code, message).into()
    }

    /// Names the frames of a trap that only the module's exports can name.
    pub(crate) fn named_by(mut self: Box<Self>, signature: &Signature) -> Box<Cause> {
        if let Cause::Trapped(trap) | Cause::Refused(_, Some(trap)) = &mut *self {
            for frame in &mut trap.backtrace {
                if frame.name.is_none() {
                    frame.name = signature.function_name(frame.index).map(str::to_owned);
                }
            }
        }
        self
    }

    /// A stop in an exported call.
    #[cold]
    pub(crate) fn stop(stop: Stop) -> Box<Cause> {
        Box::new(match stop {
            Stop::Trap(trap) => Cause::Trapped(*trap),
            Stop::Exhausted(exhausted) => Cause::Stopped(exhausted),
            Stop::Engine(error) => Cause::Engine(error),
        })
    }

    /// A stop while instantiating, where a trap is a refusal (MOD-5).
    #[cold]
    pub(crate) fn instantiation(stop: Stop) -> Box<Cause> {
        let Stop::Trap(trap) = stop else {
            return Cause::stop(stop);
        };
        let message = format!(
            "the module trapped while it was instantiated: {}",
            trap.kind
        );
        let refusal = Refusal::new(Code::Instantiate, message);
        Box::new(Cause::Refused(refusal, Some(*trap)))
    }
}

impl From<Refusal> for Box<Cause> {
    fn from(refusal: Refusal) -> Box<Cause> {
        Box::new(Cause::Refused(refusal, None))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.stage().filter(|_| self.0.in_recipe), self.module()) {
            (Some(stage), Some(module)) => write!(f, "stage {stage} (`{}`): ", quote(module))?,
            (Some(stage), None) => write!(f, "stage {stage}: ")?,
            (None, Some(module)) => write!(f, "`{}`: ", quote(module))?,
            (None, None) => {}
        }
        if let Some((x, y)) = self.tile() {
            write!(f, "the tile at ({x}, {y}): ")?;
        }
        f.write_str(&self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &self.to_string())
            .field("trap", &self.trap())
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Cause::Engine(error) => error.source(),
            _ => None,
        }
    }
}
