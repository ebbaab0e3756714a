//! Writes `cases.lock` of a corpus directory from the cases that are there.
//!
//! `cargo run -p qip-conformance --example update_lock -- conformance`

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use qip_conformance::Corpus;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = env::args_os()
        .nth(1)
        .ok_or("expected the directory of a corpus")?;
    let directory = PathBuf::from(directory);
    let corpus =
        Corpus::open_unlocked(directory.join("cases")).map_err(|errors| errors.to_string())?;
    fs::write(directory.join("cases.lock"), corpus.lock())?;
    println!("{} cases", corpus.cases().len());
    Ok(())
}
