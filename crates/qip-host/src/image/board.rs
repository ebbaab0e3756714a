//! Who does what next: the jobs of a pipeline, handed to workers so that each stage finds
//! the rows that it needs, and so that the first failure is known (IMG-10).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Failure;
use super::tile::{Grid, SIDE};
use crate::error::Cause;

/// What the pipeline does to each tile in one go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// The first of its stages.
    pub(super) stage: usize,
    /// The tile rows that it needs above and below the one that it works on.
    pub(super) reach: usize,
    /// The tile rows that there is room for in the window that it reads; 0 for the first
    /// step, which reads the picture.
    pub(super) window: usize,
}

/// A run of tiles in one row, for one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) step: usize,
    pub(super) row: usize,
    pub(super) part: usize,
}

/// The jobs of one picture.
pub(super) struct Board {
    grid: Grid,
    /// Parts of a row, and the tiles of each but the last.
    pub(super) parts: usize,
    pub(super) part_columns: usize,
    pub(super) steps: Vec<Step>,
    /// Whether a step waits for all of the one before.
    is_whole: bool,
    /// What is at this place or behind does not matter any more: it is that of the first
    /// failure that is known.
    end: AtomicU64,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    progress: Vec<Progress>,
    running: usize,
    failure: Option<Failure>,
    /// Nothing more is handed out.
    is_over: bool,
}

/// How far a step is. Its jobs are handed out row-major, and end in any order.
struct Progress {
    next: usize,
    running: usize,
    /// The parts of each row that are not done.
    left: Vec<usize>,
    /// The rows from the top of which all parts are done.
    rows: usize,
}

/// Behind every place.
const NOWHERE: u64 = u64::MAX;

/// No place is before it.
const NOTHING: u64 = 0;

/// The order of failures: by stage, then row-major. 2^48 tiles would be 2^60 pixels.
fn place(stage: usize, tile: usize) -> u64 {
    (stage as u64) << 48 | tile as u64
}

impl Board {
    /// The windows of `steps` are made smaller or larger here: `threads` says how much
    /// can be in work at once.
    pub(super) fn new(grid: Grid, mut steps: Vec<Step>, threads: usize) -> Board {
        let rows = grid.rows();
        // A row more than is needed lets the step before work ahead, on other threads.
        let ahead = usize::from(threads > 1);
        for step in steps.iter_mut().skip(1) {
            step.window = rows.min(2 * step.reach + 1 + ahead);
        }
        let is_whole = steps.iter().map(|step| step.window).sum::<usize>() > 2 * rows;
        if is_whole {
            steps.iter_mut().skip(1).for_each(|step| step.window = rows);
        }
        let wanted = if threads > 1 { 2 * threads } else { 1 };
        let part_columns = grid.columns().div_ceil(wanted);
        let parts = grid.columns().div_ceil(part_columns);
        let progress = steps.iter().map(|_| Progress {
            next: 0,
            running: 0,
            left: vec![parts; rows],
            rows: 0,
        });
        Board {
            grid,
            parts,
            part_columns,
            state: Mutex::new(State {
                progress: progress.collect(),
                running: 0,
                failure: None,
                is_over: false,
            }),
            steps,
            is_whole,
            end: AtomicU64::new(NOWHERE),
            changed: Condvar::new(),
        }
    }

    /// The columns of tiles of a part.
    pub(super) fn columns(&self, part: usize) -> std::ops::Range<usize> {
        let start = part * self.part_columns;
        start..self.grid.columns().min(start + self.part_columns)
    }

    /// Whether what this stage does to this tile can still matter: it comes before every
    /// failure that is known.
    pub(super) fn is_wanted(&self, stage: usize, row: usize, column: usize) -> bool {
        place(stage, self.tile(row, column)) < self.end.load(Ordering::Relaxed)
    }

    /// The next job, as soon as there is one; `None` when there will be none.
    pub(super) fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.is_over {
                return None;
            }
            if let Some(job) = self.ready(&state) {
                let progress = &mut state.progress[job.step];
                progress.next += 1;
                progress.running += 1;
                state.running += 1;
                return Some(job);
            }
            if state.running == 0 {
                state.is_over = true;
                self.changed.notify_all();
                return None;
            }
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A job of the last step that can go on: what is finished soonest needs no room.
    fn ready(&self, state: &State) -> Option<Job> {
        (0..self.steps.len())
            .rev()
            .find_map(|step| self.ready_in(step, state))
    }

    fn ready_in(&self, step: usize, state: &State) -> Option<Job> {
        let rows = self.grid.rows();
        let next = state.progress[step].next;
        let job = Job {
            step,
            row: next / self.parts,
            part: next % self.parts,
        };
        if job.row == rows || !self.can_matter(&job) {
            return None;
        }
        if step > 0 {
            let needed = if self.is_whole {
                rows
            } else {
                rows.min(job.row + self.steps[step].reach + 1)
            };
            if state.progress[step - 1].rows < needed {
                return None;
            }
        }
        if let Some(reader) = self.steps.get(step + 1) {
            // The reader's topmost row in work still needs the rows that it reaches.
            let progress = &state.progress[step + 1];
            let room = reader.window + progress.rows.saturating_sub(reader.reach);
            // After a failure nobody may read any more: what is written is for nothing,
            // but whether it can be is not.
            let is_read = progress.running > 0 || self.has_next(step + 1, progress);
            if is_read && job.row >= room {
                return None;
            }
        }
        Some(job)
    }

    fn has_next(&self, step: usize, progress: &Progress) -> bool {
        let job = Job {
            step,
            row: progress.next / self.parts,
            part: progress.next % self.parts,
        };
        self.can_matter(&job)
    }

    fn can_matter(&self, job: &Job) -> bool {
        let stage = self.steps[job.step].stage;
        self.is_wanted(stage, job.row, job.part * self.part_columns)
    }

    /// Says that a job is over, and whether its step is.
    pub(super) fn done(&self, job: Job) -> bool {
        let rows = self.grid.rows();
        let mut state = self.lock();
        state.running -= 1;
        let progress = &mut state.progress[job.step];
        progress.running -= 1;
        progress.left[job.row] -= 1;
        while progress.rows < rows && progress.left[progress.rows] == 0 {
            progress.rows += 1;
        }
        let is_step_over = progress.rows == rows;
        drop(state);
        self.changed.notify_all();
        is_step_over
    }

    /// Takes note of a failure, unless it comes after one that is known (IMG-10). A trap
    /// leaves the stages before it, and tiles before it, to be looked at; after a stop or a
    /// failure of the engine nothing more begins.
    #[cold]
    pub(super) fn fail(&self, stage: usize, row: usize, column: usize, cause: Box<Cause>) {
        let place = place(stage, self.tile(row, column));
        let mut state = self.lock();
        if place >= self.end.load(Ordering::Relaxed) {
            return;
        }
        state.is_over = !matches!(*cause, Cause::Trapped(_) | Cause::Refused(..));
        let end = if state.is_over { NOTHING } else { place };
        self.end.store(end, Ordering::Relaxed);
        state.failure = Some(Failure {
            stage,
            tile: Some(((column * SIDE) as u32, (row * SIDE) as u32)),
            cause,
        });
    }

    /// Ends it for all workers: one of them panics.
    pub(super) fn abandon(&self) {
        self.lock().is_over = true;
        self.changed.notify_all();
    }

    /// The first failure, when all workers are done.
    pub(super) fn into_failure(self) -> Option<Failure> {
        let state = self.state.into_inner();
        state.unwrap_or_else(PoisonError::into_inner).failure
    }

    fn tile(&self, row: usize, column: usize) -> usize {
        row * self.grid.columns() + column
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Board, Step};
    use crate::image::tile::Grid;

    /// The rows of the windows, and whether steps wait for all of the one before.
    fn windows(reaches: &[usize], rows: usize, threads: usize) -> (Vec<usize>, bool) {
        let grid = Grid {
            width: 1_000,
            height: rows * 64,
        };
        let step = |(stage, reach): (usize, &usize)| Step {
            stage,
            reach: *reach,
            window: 0,
        };
        let board = Board::new(
            grid,
            reaches.iter().enumerate().map(step).collect(),
            threads,
        );
        let windows = board.steps.iter().skip(1).map(|step| step.window);
        (windows.collect(), board.is_whole)
    }

    /// What is held in floats does not grow with the height of the picture, and is never
    /// more than two whole pictures.
    #[test]
    fn windows_are_as_small_as_can_be() {
        assert_eq!(windows(&[9], 100, 1), (vec![], false));
        assert_eq!(windows(&[0, 1, 0], 100, 1), (vec![3, 1], false));
        assert_eq!(windows(&[0, 1, 0], 100_000, 8), (vec![4, 2], false));
        assert_eq!(windows(&[0, 2, 20], 30, 1), (vec![5, 30], false));
        // 15 + 15 + 1 rows are more than two pictures of 15: two of them, one by one.
        assert_eq!(windows(&[0, 7, 7], 15, 1), (vec![15, 15], false));
        assert_eq!(windows(&[0, 7, 7, 0], 15, 1), (vec![15; 3], true));
    }

    /// Where windows would be too large, a step begins when the one before is over.
    #[test]
    fn whole_pictures_come_one_after_the_other() {
        let step = |stage| Step {
            stage,
            reach: 1,
            window: 0,
        };
        let grid = Grid {
            width: 64,
            height: 3 * 64,
        };
        let board = Board::new(grid, (0..4).map(step).collect(), 1);
        assert!(board.is_whole);
        let mut seen = Vec::new();
        while let Some(job) = board.take() {
            seen.push((job.step, job.row));
            assert_eq!(board.done(job), job.row == 2);
        }
        let wanted = (0..4).flat_map(|step| (0..3).map(move |row| (step, row)));
        assert_eq!(seen, wanted.collect::<Vec<_>>());
    }

    /// Parts of a row, for all threads to have work in one.
    #[test]
    fn rows_are_cut_in_parts() {
        let columns = |width, threads| -> Vec<(usize, usize)> {
            let grid = Grid { width, height: 1 };
            let step = Step {
                stage: 0,
                reach: 0,
                window: 0,
            };
            let board = Board::new(grid, vec![step], threads);
            let parts = 0..board.parts;
            let parts = parts.map(|part| board.columns(part));
            parts.map(|columns| (columns.start, columns.end)).collect()
        };
        assert_eq!(columns(640, 1), [(0, 10)]);
        assert_eq!(columns(641, 2), [(0, 3), (3, 6), (6, 9), (9, 11)]);
        assert_eq!(columns(65, 8), [(0, 1), (1, 2)]);
    }
}
