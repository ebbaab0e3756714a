//! What the growth of memories and tables is held to, the same on every engine (LIM-1,
//! TRAP-2).

use qip_contract::Limits;

/// The limits on growth, and how often they refused it.
#[derive(Debug)]
pub struct Growth {
    memory_bytes: u64,
    table_entries: u64,
    /// How often growth was refused that the module's own maximum allows.
    pub refused: u32,
}

impl Growth {
    /// Growth that is held to these limits.
    pub fn new(limits: &Limits) -> Growth {
        Growth {
            memory_bytes: limits.memory_bytes,
            table_entries: limits.table_entries,
            refused: 0,
        }
    }

    /// Whether a memory may have this size, in bytes.
    pub fn grants_memory(&mut self, desired: usize, maximum: Option<usize>) -> bool {
        self.grants(self.memory_bytes, desired, maximum)
    }

    /// Whether a table may have this size, in entries.
    pub fn grants_table(&mut self, desired: usize, maximum: Option<usize>) -> bool {
        self.grants(self.table_entries, desired, maximum)
    }

    /// What the module's own maximum refuses is not counted: engines differ in whether
    /// they ask at all.
    fn grants(&mut self, limit: u64, desired: usize, maximum: Option<usize>) -> bool {
        let is_within_limit = desired as u64 <= limit;
        let is_within_maximum = maximum.is_none_or(|maximum| desired <= maximum);
        self.refused += u32::from(is_within_maximum && !is_within_limit);
        is_within_limit && is_within_maximum
    }
}
