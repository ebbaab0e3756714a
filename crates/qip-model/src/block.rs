//! A block of tile filters, or a picture's pipeline of them: as IMG-9 reads, each stage
//! sees the whole result of the stage before.

use qip_cases::{Image, Outcome};
use qip_contract::Code;
use qip_engine::{Budget, Exhausted, Instance};

use super::exports::Role;
use super::picture::{self, Canvas, NOTHING, SIDE};
use super::ready::{Ready, prepare};
use super::tile::{self, MISTAKES_OUTSIDE, View};
use super::{Job, Kept, Loaded, Mutation, at_stage, bmp, refused, request};

/// What failed, and at which stage of the block, from 0.
pub(super) struct Fault {
    pub(super) stage: usize,
    pub(super) outcome: Outcome,
}

/// Runs filters over a picture.
pub(super) fn answer(stages: &[Loaded], image: &Image, job: Job<'_>, kept: &mut Kept) -> Outcome {
    let mut budget = request::budget(job);
    // Of a sound pipeline these are all.
    let filters = stages
        .iter()
        .filter(|stage| matches!(stage.role, Role::Filter(_)));
    let mut block = Block {
        filters: filters.collect(),
        job,
        budget: &mut budget,
        kept,
        content_type: &mut None,
    };
    if let Err(outcome) = picture::check_size(image.width, image.height, job) {
        return match block.failure_before(Mutation::ImageSizeLate) {
            Some(fault) => at_stage(fault.outcome, fault.stage, job),
            // It is no stage's fault.
            None => outcome,
        };
    }
    match block.run(image) {
        Ok(image) => Outcome::Image(image),
        Err(fault) => at_stage(fault.outcome, fault.stage, job),
    }
}

/// REC-6, REC-7: a block takes a BMP and gives one.
pub(super) fn filter_bmp(
    filters: &[Loaded],
    bytes: &[u8],
    job: Job<'_>,
    budget: &mut Budget,
    kept: &mut [Option<Box<dyn Instance>>],
    content_type: &mut Option<String>,
) -> Result<Vec<u8>, Fault> {
    if bytes.is_empty() && job.errs(Mutation::EmptyInputSkipsBlock) {
        return Ok(Vec::new());
    }
    let first = |outcome| Fault { stage: 0, outcome };
    if let Some(current) = content_type
        && current != bmp::MEDIA_TYPE
        && job.errs(Mutation::BlockTypeChecked)
    {
        let message = "a block takes image/bmp";
        return Err(first(refused(Code::ContentTypeMismatch, message)));
    }
    let last = filters.len().saturating_sub(1);
    let mut block = Block {
        filters: filters.iter().collect(),
        job,
        budget,
        kept,
        content_type,
    };
    // Before anything of the block is instantiated.
    let bmp = bmp::read(bytes, job);
    if let Err(Outcome::Refused {
        code: Code::NotBmp, ..
    }) = bmp
        && job.errs(Mutation::NoBmpPasses)
    {
        return Ok(bytes.to_vec());
    }
    let bmp = bmp.map_err(|outcome| {
        let before = block.failure_before(Mutation::BmpReadLate);
        before.unwrap_or(first(outcome))
    })?;
    let filtered = block.run(&bmp.image).map_err(|mut fault| {
        if fault.stage > 0 && job.errs(Mutation::BlockFailureUnplaced) {
            fault.stage = 0;
        }
        fault
    })?;
    let written = bmp::write(&filtered, bmp.is_top_down, job);
    written.map_err(|outcome| Fault {
        stage: last,
        outcome,
    })
}

/// Filters that run one after the other over one picture.
struct Block<'a> {
    filters: Vec<&'a Loaded>,
    job: Job<'a>,
    budget: &'a mut Budget,
    /// Instances of the request before, which only a mutant takes.
    kept: &'a mut [Option<Box<dyn Instance>>],
    /// That of the recipe, which only a mutant looks at.
    content_type: &'a mut Option<String>,
}

impl<'a> Block<'a> {
    /// What comes first to a mutant that looks at a picture only once filters are ready.
    fn failure_before(&mut self, mutation: Mutation) -> Option<Fault> {
        if !self.job.errs(mutation) {
            return None;
        }
        self.prepare((1, 1)).err()
    }

    fn run(&mut self, image: &Image) -> Result<Image, Fault> {
        let job = self.job;
        let size = (image.width, image.height);
        // IMG-12: all stages, before the first tile.
        let mut ready = match self.prepare(size) {
            Err(fault) if fault.stage > 0 && job.errs(Mutation::PreparedLate) => {
                self.filters.truncate(fault.stage);
                return self.run(image).and(Err(fault));
            }
            ready => ready?,
        };
        let largest = ready.iter().map(|ready| ready.halo).max().unwrap_or(0);
        if ready.iter().any(|ready| ready.halo != largest) && job.errs(Mutation::LargestHaloForAll)
        {
            for ready in &mut ready {
                ready.halo = largest;
                ready.span = SIDE + 2 * largest;
            }
        }
        let first = Canvas::new(image, job);
        let could_have = ready.iter().any(|ready| ready.filter.halo.is_some());
        let has_halos = largest > 0
            || !first.is_of_whole_tiles() && job.errs(Mutation::ClampedAlways)
            || could_have && job.errs(Mutation::HaloExportClamps);
        let last = self.filters.len().saturating_sub(1);
        let mut canvas = first.clone();
        if job.errs(Mutation::LastPixelsLost) {
            canvas.lose_last_pixels();
        }
        if !has_halos && !first.is_of_whole_tiles() {
            paint_outside(&mut canvas, job);
        }
        let mut cores = cores(&first, job);
        let mut reported = None;
        for stage in 0..self.filters.len() {
            if stage > 0 && job.errs(Mutation::FuelPerStage) {
                self.budget.fuel = request::budget(job).fuel;
            }
            let slot = self.slot(stage);
            let mut after = canvas.clone();
            let view = View {
                before: &canvas,
                first: &first,
                has_halos,
                stage,
                mistakes: job.possible(&MISTAKES_OUTSIDE),
            };
            for (at, core) in cores.iter().enumerate() {
                let result = self.tile(&mut ready[slot], &view, *core, &mut after);
                let Err(outcome) = result else {
                    continue;
                };
                // IMG-10: the first stage that fails, and of it the first tile.
                let fault = Fault { stage, outcome };
                let has_earlier = at > 0 && stage < last && !has_halos;
                if !has_earlier || !job.errs(Mutation::FirstTileFails) {
                    return Err(fault);
                }
                reported = Some(fault);
                cores.truncate(at);
                break;
            }
            canvas = after;
            if stage < last {
                canvas.pass_on(job);
                let clears = !has_halos && canvas.has_something_outside();
                if clears && job.errs(Mutation::ClearedBetween) {
                    canvas.paint_outside(|_, _, _| NOTHING);
                }
            }
        }
        if let Some(fault) = reported {
            return Err(fault);
        }
        let image = canvas.image(image, job);
        // RUN-6: the host's own work counts, too.
        if let Err(outcome) = self.check_time() {
            return Err(Fault {
                stage: last,
                outcome,
            });
        }
        self.keep(ready);
        Ok(image)
    }

    /// IMG-12: all of them, one after the other.
    fn prepare(&mut self, size: (u32, u32)) -> Result<Vec<Ready<'a>>, Fault> {
        let job = self.job;
        if self.filters.len() > 1 && job.errs(Mutation::InstantiatedTogether) {
            for (stage, filter) in self.filters.iter().enumerate() {
                let made = request::instantiate(filter, job, self.budget);
                made.map_err(|outcome| Fault { stage, outcome })?;
            }
        }
        let mut all = Vec::new();
        for (stage, filter) in self.filters.iter().enumerate() {
            let kept = self.kept.get_mut(stage).and_then(Option::take);
            let ready = prepare(filter, size, job, self.budget, kept, self.content_type);
            all.push(ready.map_err(|outcome| Fault { stage, outcome })?);
        }
        Ok(all)
    }

    /// REC-4: each stage has an instance of its own.
    fn slot(&self, stage: usize) -> usize {
        let own = self.filters[stage];
        let same =
            |other: &&Loaded| other.wasm == own.wasm && other.role.exports() == own.role.exports();
        match self.filters[..stage].iter().position(same) {
            Some(first) if self.job.errs(Mutation::FiltersShareInstance) => first,
            _ => stage,
        }
    }

    fn tile(
        &mut self,
        ready: &mut Ready<'_>,
        view: &View<'_>,
        core: (i64, i64),
        after: &mut Canvas,
    ) -> Result<(), Outcome> {
        self.check_time()?;
        if self.budget.fuel.is_some() && self.job.errs(Mutation::FuelPerTile) {
            self.budget.fuel = request::budget(self.job).fuel;
        }
        tile::filter(ready, view, core, after, self.job, self.budget)
    }

    /// LIM-4: the time is looked at between tiles.
    fn check_time(&self) -> Result<(), Outcome> {
        if request::is_late(self.budget) && !self.job.errs(Mutation::TimeUnseenBetween) {
            return Err(request::exhausted(Exhausted::Time, self.job));
        }
        Ok(())
    }

    /// RUN-4: nothing is kept for the next request.
    fn keep(&mut self, ready: Vec<Ready<'_>>) {
        if self.job.task.requests.len() < 2 || !self.job.errs(Mutation::FilterKept) {
            return;
        }
        for (kept, ready) in self.kept.iter_mut().zip(ready) {
            *kept = Some(ready.instance);
        }
    }
}

/// IMG-8: what the first stage finds outside of the picture is nothing.
fn paint_outside(canvas: &mut Canvas, job: Job<'_>) {
    if job.errs(Mutation::PaddedWithEdge) {
        canvas.paint_outside(Canvas::nearest);
    }
    if job.errs(Mutation::PaddedWithBlack) {
        let black = [0.0_f32, 0.0, 0.0, 1.0].map(f32::to_le_bytes);
        canvas.paint_outside(|_, _, _| black);
    }
}

/// IMG-7, IMG-10: where cores begin, row by row.
fn cores(canvas: &Canvas, job: Job<'_>) -> Vec<(i64, i64)> {
    let columns = multiples(canvas.width, job);
    let rows = multiples(canvas.height, job);
    let mut cores = Vec::new();
    for y in &rows {
        for x in &columns {
            cores.push((*x, *y));
        }
    }
    if columns.len() > 1 && rows.len() > 1 && job.errs(Mutation::TilesColumnMajor) {
        cores.sort_unstable();
    }
    if cores.len() > 1 && job.errs(Mutation::TilesReversed) {
        cores.reverse();
    }
    if job.errs(Mutation::FirstTileLeftOut) {
        cores = cores.split_off(cores.len().min(1));
    }
    if cores.len() > 1 && job.errs(Mutation::LastTileLeftOut) {
        cores.pop();
    }
    cores
}

/// IMG-7: multiples of 64, as long as they are inside.
fn multiples(side: i64, job: Job<'_>) -> Vec<i64> {
    let mut all: Vec<i64> = (0..side).step_by(SIDE as usize).collect();
    if side > SIDE
        && side % SIDE > 0
        && let Some(last) = all.last_mut()
        && job.errs(Mutation::LastTileShifted)
    {
        *last = side - SIDE;
    }
    all
}
