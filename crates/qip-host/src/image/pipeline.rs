//! One run of a pipeline: workers with an instance of each stage, taking jobs from the
//! board until there is none.
//!
//! Without halos there is one step, in which a tile passes through all stages (IMG-8). With
//! a halo anywhere each stage is a step of its own, which reads the window that the one
//! before writes (IMG-9).

use std::mem;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::panic;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use qip_contract::Limits;

use super::board::{Board, Job, Step};
use super::filter::{Filter, Ready, together};
use super::pixels::Sample;
use super::progress::{Calls, Progress};
use super::tile::{Grid, Outside, PIXEL_BYTES, Pixels, SIDE, Whole, fill};
use super::window::Window;
use super::{CHANNELS, Failure, Picture};
use crate::allowance::Allowance;
use crate::engine::{Budget, Usage};
use crate::error::Cause;

/// Runs filters over a picture that is within the limits: the result, and what each stage
/// used. What it takes of the fuel is taken off the allowance.
pub(super) fn run<T: Sample>(
    filters: &[Filter<'_>],
    picture: &Picture<T>,
    threads: NonZeroUsize,
    allowance: &mut Allowance<'_>,
    progress: Option<&Progress>,
) -> Result<(Picture<T>, Vec<Usage>), Failure> {
    let (limits, budget) = (allowance.limits, &allowance.budget);
    let size = (picture.width, picture.height);
    // All stages are made ready before the first tile (IMG-12).
    let mut first = Worker::new(filters, size, limits, budget)?;

    let grid = Grid {
        width: picture.width as usize,
        height: picture.height as usize,
    };
    if let Some(progress) = progress {
        progress.begin((grid.rows() * grid.columns() * filters.len()) as u64);
    }
    // Fuel is shared out in the order of the tiles, so there must be one.
    let threads = match budget.fuel {
        Some(_) => 1,
        None => threads.get().min(grid.rows() * grid.columns()),
    };
    let halos: Vec<usize> = first.stages.iter().map(|stage| stage.halo).collect();
    let has_halo = halos.iter().any(|halo| *halo > 0);
    let steps = if has_halo { halos.len() } else { 1 };
    let steps = halos.iter().take(steps).enumerate();
    let steps = steps.map(|(stage, halo)| Step {
        stage,
        reach: halo.div_ceil(SIDE),
        window: 0,
    });
    let board = Board::new(grid, steps.collect(), threads);
    let windows = board.steps.iter().skip(1);
    let windows = windows.map(|step| Window::new(grid.columns(), step.window));
    let mut output = vec![T::default(); picture.pixels.len()];
    let run = Run {
        grid,
        outside: if has_halo {
            Outside::Nearest
        } else {
            Outside::Zero
        },
        picture: Whole {
            width: grid.width,
            samples: &picture.pixels,
        },
        windows: windows.collect(),
        cells: cells(&mut output, grid, &board),
        board,
        progress,
    };
    let others = thread::scope(|scope| {
        let work = || {
            // What keeps this worker from being set up leaves its work to the others.
            let worker = Worker::new(filters, size, limits, budget);
            let mut worker = worker.ok().filter(|worker| worker.has_halos(&halos))?;
            run.work(&mut worker);
            Some(worker)
        };
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..threads).map_while(spawn).collect();
        run.work(&mut first);
        let end = |other: ScopedJoinHandle<'_, _>| {
            let panicked = |panic| panic::resume_unwind(panic);
            other.join().unwrap_or_else(panicked)
        };
        let others: Vec<Worker> = others.into_iter().filter_map(end).collect();
        others
    });
    let Run { board, .. } = run;
    if let Some(failure) = board.into_failure() {
        return Err(failure);
    }
    allowance.budget = first.budget.clone();
    let mut usages = first.finish();
    for other in others {
        for (usage, more) in usages.iter_mut().zip(other.finish()) {
            *usage = together(*usage, more);
        }
    }
    let picture = Picture {
        pixels: output,
        ..*picture
    };
    Ok((picture, usages))
}

/// An instance of each stage, for one thread.
struct Worker {
    stages: Vec<Ready>,
    budget: Budget,
    /// Counted only where somebody looks.
    calls: Calls,
}

impl Worker {
    fn new(
        filters: &[Filter<'_>],
        size: (u32, u32),
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Worker, Failure> {
        let mut budget = budget.clone();
        let stages = filters.iter().enumerate().map(|(stage, filter)| {
            let ready = filter.prepare(size, limits, &mut budget);
            ready.map_err(|cause| Failure::at(stage, cause))
        });
        let stages = stages.collect::<Result<_, Failure>>()?;
        Ok(Worker {
            stages,
            budget,
            calls: Calls::default(),
        })
    }

    /// What each stage used.
    fn finish(self) -> Vec<Usage> {
        let Worker { stages, budget, .. } = self;
        let usages = stages.into_iter().map(|stage| stage.finish(&budget));
        usages.collect()
    }

    /// Whether another instance said the same, as it does on a sound engine.
    fn has_halos(&self, halos: &[usize]) -> bool {
        self.stages.iter().map(|stage| &stage.halo).eq(halos)
    }
}

/// The lines of the result that belong to one job of the last step.
type Cell<'a, T> = Mutex<Vec<&'a mut [T]>>;

/// Shares the result out, row-major by parts of a row.
fn cells<'a, T>(output: &'a mut [T], grid: Grid, board: &Board) -> Vec<Cell<'a, T>> {
    let line = grid.width * CHANNELS;
    let mut cells = Vec::with_capacity(grid.rows() * board.parts);
    for band in output.chunks_mut(line * SIDE) {
        let mut parts: Vec<Vec<&'a mut [T]>> = Vec::new();
        parts.resize_with(board.parts, || Vec::with_capacity(SIDE));
        for line in band.chunks_mut(line) {
            let pieces = line.chunks_mut(board.part_columns * SIDE * CHANNELS);
            for (part, piece) in parts.iter_mut().zip(pieces) {
                part.push(piece);
            }
        }
        cells.extend(parts.into_iter().map(Mutex::new));
    }
    cells
}

/// What workers share.
struct Run<'a, T> {
    grid: Grid,
    outside: Outside,
    picture: Whole<'a, T>,
    /// What each step but the last leaves for the next.
    windows: Vec<Window>,
    cells: Vec<Cell<'a, T>>,
    board: Board,
    progress: Option<&'a Progress>,
}

impl<T: Sample> Run<'_, T> {
    fn work(&self, worker: &mut Worker) {
        /// Lets nobody wait for a worker that panics.
        struct Watch<'a>(&'a Board);
        impl Drop for Watch<'_> {
            fn drop(&mut self) {
                if thread::panicking() {
                    self.0.abandon();
                }
            }
        }
        let _watch = Watch(&self.board);
        while let Some(job) = self.board.take() {
            let begin = self.progress.map(|progress| (progress, Instant::now()));
            self.job(job, worker);
            if let Some((progress, begin)) = begin {
                progress.add(mem::take(&mut worker.calls), begin.elapsed());
            }
            if self.board.done(job) && job.step > 0 {
                self.windows[job.step - 1].clear();
            }
        }
    }

    /// Does the tiles of a job, up to the first that fails.
    ///
    /// An instance that trapped is not called again (RUN-4): later jobs of this worker
    /// come later in the picture, so what its stage does to them is not wanted.
    fn job(&self, job: Job, worker: &mut Worker) {
        let is_last = job.step + 1 == self.board.steps.len();
        let mut cell = is_last.then(|| {
            let cell = &self.cells[job.row * self.board.parts + job.part];
            // Nobody else has this job: the lock only says so to the compiler.
            cell.lock().unwrap_or_else(PoisonError::into_inner)
        });
        let first = self.board.steps[job.step].stage;
        let next = self.board.steps.get(job.step + 1);
        let stages = first..next.map_or(worker.stages.len(), |next| next.stage);
        let columns = self.board.columns(job.part);
        for column in columns.clone() {
            let at = (job.row, column);
            for stage in stages.clone() {
                if !self.board.is_wanted(stage, job.row, column) {
                    break;
                }
                let result = self.stage(stage, stage == first, at, worker);
                if let Err(cause) = result {
                    self.board.fail(stage, job.row, column, cause);
                }
            }
            let last = stages.end - 1;
            if !self.board.is_wanted(last, job.row, column) {
                continue;
            }
            let lines = cell.as_mut().map(|cell| &mut cell[..]);
            let ready = &mut worker.stages[last];
            if let Err(cause) = self.keep(job.step, at, columns.start, ready, lines) {
                self.board.fail(last, job.row, column, cause);
            }
        }
    }

    /// Takes a tile through one stage: from its source, or from the stage before.
    fn stage(
        &self,
        stage: usize,
        is_first: bool,
        (row, column): (usize, usize),
        worker: &mut Worker,
    ) -> Result<(), Box<Cause>> {
        let Worker {
            stages,
            budget,
            calls,
        } = worker;
        // Between tiles is where the host looks (LIM-4).
        if let Some(exhausted) = budget.exhausted() {
            return Err(Box::new(Cause::Stopped(exhausted)));
        }
        let (before, from_here) = stages.split_at_mut(stage);
        let ready = &mut from_here[0];
        let halo = ready.halo;
        let buffer = ready.buffer()?;
        match before.last_mut().filter(|_| !is_first) {
            // Without halos, all tiles have the same size, and pass as they are.
            Some(before) => buffer.copy_from_slice(before.buffer()?),
            None => fill(
                buffer,
                halo,
                self.grid,
                (row, column),
                self.outside,
                self.source(stage),
            ),
        }
        let begin = self.progress.map(|_| Instant::now());
        let result = ready.call(column * SIDE, row * SIDE, budget);
        if let Some(begin) = begin {
            calls.count += 1;
            calls.time += begin.elapsed();
        }
        result
    }

    fn source(&self, stage: usize) -> &dyn Pixels {
        match stage.checked_sub(1) {
            Some(before) => &self.windows[before],
            None => &self.picture,
        }
    }

    /// Keeps the core of a tile that a step is done with.
    fn keep(
        &self,
        step: usize,
        (row, column): (usize, usize),
        first_column: usize,
        ready: &mut Ready,
        lines: Option<&mut [&mut [T]]>,
    ) -> Result<(), Box<Cause>> {
        let stride = ready.stride();
        let core = ready.core()?;
        match lines {
            None => self.windows[step].store(row, column, core, stride),
            Some(lines) => {
                let (xs, _) = self.grid.core(row, column);
                let start = xs.start - first_column * SIDE;
                let samples: Range<usize> = start * CHANNELS..(start + xs.len()) * CHANNELS;
                for (line, core) in lines.iter_mut().zip(core.chunks(stride)) {
                    T::store(&core[..xs.len() * PIXEL_BYTES], &mut line[samples.clone()]);
                }
            }
        }
        Ok(())
    }
}
