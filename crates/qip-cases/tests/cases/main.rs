//! The loader, and the corpus that is embedded.

mod embedded;
mod loader;
mod made_up;
