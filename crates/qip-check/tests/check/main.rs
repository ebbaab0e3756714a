//! What the checker finds, and where.

mod findings;
mod hostile;
mod pages;
mod places;
