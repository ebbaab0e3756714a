//! What one request may use, over all its stages and with the host's own work (RUN-6).

use std::time::{Duration, Instant};

use qip_contract::Limits;

use crate::engine::{Budget, Exhausted};
use crate::error::Cause;

/// The limits of a request, and what is left to it.
pub(crate) struct Allowance<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) budget: Budget,
    /// When it began, where there is a time limit.
    begin: Option<Instant>,
}

impl<'a> Allowance<'a> {
    /// That of a request which begins now.
    #[inline(always)]
    pub(crate) fn new(limits: &'a Limits) -> Allowance<'a> {
        let begin = limits.time.map(|_| Instant::now());
        Allowance {
            limits,
            budget: Budget {
                // A limit beyond what the clock can say is none.
                deadline: begin
                    .zip(limits.time)
                    .and_then(|(begin, time)| begin.checked_add(time)),
                fuel: limits.fuel,
            },
            begin,
        }
    }

    /// How long the request has taken, where the limit makes the host look. It covers the
    /// host's own copying and checking too.
    ///
    /// # Errors
    ///
    /// Where that is over the limit.
    #[inline(always)]
    pub(crate) fn spent(&self) -> Result<Option<Duration>, Box<Cause>> {
        let Some(begin) = self.begin else {
            return Ok(None);
        };
        let now = Instant::now();
        if self.budget.is_late_at(now) {
            return Err(Cause::exhausted(Exhausted::Time, self.limits));
        }
        Ok(Some(now.duration_since(begin)))
    }
}
