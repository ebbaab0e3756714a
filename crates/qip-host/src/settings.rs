//! What a host is set up with: an engine, limits, options.

use std::collections::BTreeMap;
use std::sync::Arc;

use qip_contract::{Floats, Limits, Numeric, RequestLimits, Rules, Utf8};

use crate::engine::{Build, Engine};

/// What all that a host makes carries along.
pub(crate) struct Settings {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) limits: Limits,
    pub(crate) options: Options,
}

/// Where a host may depart from the strict contract, and what it can hold requests to. The
/// default is strict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// Which types pointers, capacities and sizes may have (MOD-4).
    pub numeric: Numeric,
    /// Whether text is checked (IN-6).
    pub utf8: Utf8,
    /// How NaN comes about (DET-1).
    pub floats: Floats,
    /// Refuse modules whose memory can grow (MOD-7).
    pub fixed_memory: bool,
    /// What requests can be held to.
    pub metering: Metering,
}

/// What the code of modules is made to be held to. It costs time in every request, so that
/// nothing is metered that is not asked for. [`From`] makes what some limits need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Metering {
    /// Requests may have a time limit and can be cancelled.
    pub clock: bool,
    /// Requests may have a fuel limit.
    pub fuel: bool,
}

impl From<RequestLimits> for Metering {
    fn from(limits: RequestLimits) -> Metering {
        Metering {
            clock: limits.time.is_some(),
            fuel: limits.fuel.is_some(),
        }
    }
}

impl Settings {
    /// What is asked of any module.
    pub(crate) fn rules(&self) -> Rules {
        Rules {
            numeric: self.options.numeric,
            fixed_memory: self.options.fixed_memory,
            tile_filter: false,
            uniforms: BTreeMap::new(),
        }
    }

    /// What the code of modules must be able to do.
    pub(crate) fn build(&self) -> Build {
        let Metering { clock, fuel } = self.options.metering;
        Build {
            clock,
            fuel,
            floats: self.options.floats,
        }
    }
}
