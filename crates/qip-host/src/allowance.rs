//! What one request may use, over all its stages and with the host's own work (RUN-6).

use std::time::{Duration, Instant};

use qip_contract::{Limits, RequestLimits};

use crate::engine::{Budget, Cancel};
use crate::error::{Cause, Error};
use crate::settings::Settings;

/// The limits of a request, and what is left to it.
pub(crate) struct Allowance<'a> {
    pub(crate) limits: &'a Limits,
    /// What the request is held to.
    pub(crate) request: RequestLimits,
    pub(crate) budget: Budget,
    /// When it began, where it is timed.
    begin: Option<Instant>,
}

impl<'a> Allowance<'a> {
    /// What a request may use which begins now.
    ///
    /// # Errors
    ///
    /// Where the modules were loaded without what it takes to hold the request to that.
    #[inline(always)]
    pub(crate) fn new(
        settings: &'a Settings,
        request: RequestLimits,
        cancel: Option<&Cancel>,
    ) -> Result<Allowance<'a>, Error> {
        if request != RequestLimits::default() || cancel.is_some() {
            check_metering(settings, request, cancel)?;
        }
        let begin = request.time.map(|_| Instant::now());
        Ok(Allowance {
            limits: &settings.limits,
            request,
            budget: Budget {
                // A limit beyond what the clock can say is none.
                deadline: begin
                    .zip(request.time)
                    .and_then(|(begin, time)| begin.checked_add(time)),
                fuel: request.fuel,
                cancel: cancel.cloned(),
            },
            begin,
        })
    }

    /// How long the request has taken, where the limit makes the host look. It covers the
    /// host's own copying and checking too.
    ///
    /// # Errors
    ///
    /// Where that is over the limit, or the request was cancelled.
    #[inline(always)]
    pub(crate) fn spent(&self) -> Result<Option<Duration>, Box<Cause>> {
        if self.begin.is_none() && self.budget.cancel.is_none() {
            return Ok(None);
        }
        let now = Instant::now();
        if let Some(exhausted) = self.budget.exhausted_at(now) {
            return Err(Box::new(Cause::Stopped(exhausted)));
        }
        Ok(self.begin.map(|begin| now.duration_since(begin)))
    }
}

#[cold]
fn check_metering(
    settings: &Settings,
    request: RequestLimits,
    cancel: Option<&Cancel>,
) -> Result<(), Error> {
    let build = settings.build();
    let what = if (request.time.is_some() || cancel.is_some()) && !build.clock {
        "a request with a time limit or a handle to cancel it needs modules that were loaded \
         with `Metering::clock`"
    } else if request.fuel.is_some() && !build.fuel {
        "a request with a fuel limit needs modules that were loaded with `Metering::fuel`"
    } else {
        return Ok(());
    };
    Err(Error::new(Cause::Unsupported(what.to_owned())))
}
