//! The ordinary tests: the loader, the judge, verdicts, reports and the model.

mod command_line;
mod embedded;
mod export;
mod fake;
mod judging;
mod known;
mod loader;
mod model;
mod pictures;
mod reports;
mod runs;
mod thorough;
