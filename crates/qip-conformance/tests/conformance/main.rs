//! The ordinary tests: the judge, verdicts, reports and the model.

mod command_line;
mod export;
mod fake;
mod judging;
mod known;
mod model;
mod pictures;
mod reports;
mod runs;
mod thorough;
