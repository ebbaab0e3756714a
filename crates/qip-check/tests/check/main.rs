//! What the checker finds, and where.

mod pages;
