//! Prints how long it takes to load the embedded corpus, and one file of it.
//!
//! `cargo run -p qip-cases --example load`

use std::time::{Duration, Instant};

use qip_cases::{Corpus, LoadErrors};

fn main() -> Result<(), LoadErrors> {
    // The list of clauses is read once for a process; it counts.
    let (first, corpus) = time(Corpus::embedded)?;
    let (again, _) = time(Corpus::embedded)?;
    let (file, part) = time(|| {
        let id = &corpus.cases()[0].id;
        Corpus::embedded_file(id.area(), id.stem())
    })?;
    let begin = Instant::now();
    corpus.assemble()?;
    println!(
        "{:>7} cases loaded in {first:.1?}, again in {again:.1?}",
        corpus.cases().len()
    );
    println!("{:>7} cases of one file in {file:.1?}", part.cases().len());
    println!("all modules assembled in {:.1?}", begin.elapsed());
    Ok(())
}

fn time(
    load: impl FnOnce() -> Result<Corpus, LoadErrors>,
) -> Result<(Duration, Corpus), LoadErrors> {
    let begin = Instant::now();
    let corpus = load()?;
    Ok((begin.elapsed(), corpus))
}
