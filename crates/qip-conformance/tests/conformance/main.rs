//! The ordinary tests: the loader, the judge, verdicts and reports.

mod embedded;
mod fake;
mod judging;
mod known;
mod loader;
mod reports;
mod runs;
