//! stub
/// x
pub struct Clause;
/// x
pub enum Binds {}
/// x
pub enum Level {}
/// x
pub enum SeenBy {}
/// x
pub const CLAUSES: &[Clause] = &[];
/// x
pub const CONTRACT_EDITION: u32 = 1;
