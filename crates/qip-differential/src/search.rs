//! Searching for a difference for some minutes, on every core.
//!
//! An engine may abort the whole process, so the search runs in a process of its own
//! (a *worker*) that notes which trial each of its threads is at. When it dies, those
//! trials are tried again, each engine in turn in yet another process, and the one
//! that kills it is a finding like any other.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, Result};

use crate::arena::Arena;
use crate::campaign::{self, Finding, Generator, Tally};

/// What is searched.
#[derive(Clone, Debug)]
pub struct Search {
    /// The generators, by name.
    pub generators: Vec<&'static str>,
    /// Where real modules are.
    pub modules: PathBuf,
    /// Which trials there are.
    pub seed: u64,
    /// The first of them.
    pub from: u64,
    /// When to stop.
    pub deadline: Instant,
    /// Where the threads note the trials that they are at.
    pub notes: PathBuf,
}

impl Search {
    /// Searches until a difference is found, or until the deadline. Plans are shrunk
    /// already, WebAssembly is not.
    ///
    /// # Errors
    ///
    /// Where the real modules cannot be read or a note cannot be written.
    pub fn run(
        &self,
        arena: impl Fn() -> Arena + Sync,
    ) -> Result<(Option<Box<Finding>>, Vec<Tally>)> {
        let found = Mutex::new(None);
        let totals = Mutex::new(vec![Tally::default(); self.generators.len()]);
        let next = AtomicU64::new(self.from);
        let threads = thread::available_parallelism().map_or(1, usize::from);
        fs::create_dir_all(&self.notes)
            .with_context(|| format!("cannot make `{}`", self.notes.display()))?;
        let work = |thread: usize| -> Result<()> {
            // Strategies are not shared by threads.
            let generators = self.generators()?;
            let mut arena = arena();
            let mut tallies = vec![Tally::default(); generators.len()];
            let path = self.notes.join(thread.to_string());
            let mut notes = File::create(&path)
                .with_context(|| format!("cannot write `{}`", path.display()))?;
            while Instant::now() < self.deadline && lock(&found).is_none() {
                let number = next.fetch_add(1, Ordering::Relaxed);
                for (generator, tally) in generators.iter().zip(&mut tallies) {
                    let note = Note {
                        generator: generator.name(),
                        number,
                    };
                    note.write(&mut notes)?;
                    let finding = campaign::run(
                        generator,
                        &mut arena,
                        self.seed,
                        [number],
                        Some(self.deadline),
                        tally,
                    );
                    if finding.is_some() {
                        *lock(&found) = finding;
                    }
                }
            }
            for (total, tally) in lock(&totals).iter_mut().zip(tallies) {
                total.add(tally);
            }
            Ok(())
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|thread| scope.spawn(move || work(thread)))
                .collect();
            workers.into_iter().try_for_each(|worker| {
                let panicked = |_| anyhow::anyhow!("a thread of the search panicked");
                worker.join().map_err(panicked)?
            })
        })?;
        let found = found
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let totals = totals
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok((found, totals))
    }

    /// The trials that the worker's threads were at when it died.
    ///
    /// # Errors
    ///
    /// Where a note cannot be read.
    pub fn last_notes(&self) -> Result<Vec<Note>> {
        let mut notes = Vec::new();
        for entry in fs::read_dir(&self.notes)? {
            let path = entry?.path();
            let text = fs::read_to_string(&path)?;
            // A thread that had not begun.
            if text.is_empty() {
                continue;
            }
            notes.push(Note::read(&text).with_context(|| format!("`{}`", path.display()))?);
        }
        Ok(notes)
    }

    fn generators(&self) -> Result<Vec<Generator>> {
        let names = self.generators.iter();
        names
            .map(|name| Generator::named(name, &self.modules))
            .collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Which trial a thread is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The generator's name.
    pub generator: &'static str,
    /// The trial's number.
    pub number: u64,
}

impl Note {
    /// Over the note before, in one piece and of one length: the process may die at any
    /// moment.
    fn write(&self, notes: &mut File) -> Result<()> {
        let note = format!("{:<10} {:>20}\n", self.generator, self.number);
        notes.rewind()?;
        notes.write_all(note.as_bytes())?;
        Ok(())
    }

    fn read(text: &str) -> Result<Note> {
        let (name, number) = text.trim().split_once(' ').context("is no note")?;
        let generator = Generator::NAMES.into_iter().find(|known| *known == name);
        Ok(Note {
            generator: generator.context("names no generator")?,
            number: number.trim().parse()?,
        })
    }
}

/// When a search of so many minutes that begins now is over.
pub fn deadline(minutes: f64) -> Instant {
    // A day is longer than anybody waits.
    Instant::now() + Duration::from_secs_f64((minutes * 60.0).clamp(0.0, 86_400.0))
}
