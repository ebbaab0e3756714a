//! Places in a module's memory, and text.

use std::ops::Range;

use qip_cases::Outcome;
use qip_contract::Code;

use super::hooks::Job;

/// A part of memory, if all of it lies within. Of no bytes, the pointer may be at the very end
/// and no further (IN-4, OUT-5, MIME-1).
pub(crate) fn place(memory: &[u8], pointer: u32, length: u64) -> Option<Range<usize>> {
    let start = u64::from(pointer);
    let end = start.checked_add(length)?;
    let place = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
    memory.get(place.clone()).map(|_| place)
}

/// IN-6, OUT-6: the offset is where the first ill-formed or incomplete sequence starts.
pub(crate) fn check_utf8(bytes: &[u8], code: Code, job: Job<'_>) -> Result<(), Outcome> {
    let fault = std::str::from_utf8(bytes).err();
    let fault = fault.map(|error| error.valid_up_to());
    match job.hooks.fault_of_utf8(fault, bytes) {
        None => Ok(()),
        Some(at) => Err(Outcome::Refused {
            code,
            message: format!("no UTF-8 at offset {at}"),
            stage: None,
            offset: Some(at as u64),
        }),
    }
}
