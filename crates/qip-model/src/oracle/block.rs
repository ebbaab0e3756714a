//! A block of tile filters, or a picture's pipeline of them: as IMG-9 reads, each stage sees
//! the whole result of the stage before.

use std::sync::Arc;

use qip_cases::{Image, Outcome, OutputKind};
use qip_contract::Code;
use qip_engine::Budget;

use super::content::Passed;
use super::hooks::Job;
use super::mutation::Mutation;
use super::picture::{self, Canvas, SIDE};
use super::ready::{Ready, prepare};
use super::refusal::{at_stage, refused};
use super::stage::{Loaded, budget, check_time};
use super::{bmp, tile};

/// Runs filters over a picture. Its size comes first, and is no stage's fault (IMG-11).
pub(crate) fn filter_image(
    filters: &[Loaded<'_>],
    image: &Image,
    job: Job<'_>,
) -> Result<Outcome, Outcome> {
    let mut block = Block {
        filters,
        first: 0,
        job,
        budget: &mut budget(job.task),
    };
    if let Err(fault) = picture::check_size(image.width, image.height, &job.task.limits) {
        return Err(block.failure_before(fault, Mutation::ImageSizeLate));
    }
    block.run(image).map(Outcome::Image)
}

/// REC-6, REC-7: a block takes a BMP, whatever the current type says, and gives one. `first`
/// is the position of its first stage, from 0.
pub(crate) fn filter_bmp(
    filters: &[Loaded<'_>],
    first: usize,
    passed: Passed,
    budget: &mut Budget,
    job: Job<'_>,
) -> Result<Outcome, Outcome> {
    let given = |bytes, content_type: Option<String>| Outcome::Output {
        kind: OutputKind::Bytes,
        bytes,
        content_type: content_type.filter(|_| !job.errs(Mutation::BlockTypeDropped)),
    };
    let bmp_type = Some(bmp::MEDIA_TYPE.to_owned());
    let is_other = passed.content_type.is_some() && passed.content_type != bmp_type;
    if is_other && job.errs(Mutation::BlockTypeChecked) {
        let fault = refused(Code::ContentTypeMismatch, "a block takes image/bmp");
        return Err(at_stage(fault, first));
    }
    if passed.bytes.is_empty() && job.errs(Mutation::EmptyInputSkipsBlock) {
        return Ok(given(Vec::new(), bmp_type));
    }
    let mut block = Block {
        filters,
        first,
        job,
        budget,
    };
    // Before anything of the block is instantiated.
    let image = match bmp::read(&job.hooks.bmp_in(passed.bytes.clone()), &job.task.limits) {
        Ok(image) => image,
        Err(Outcome::Refused {
            code: Code::NotBmp, ..
        }) if job.errs(Mutation::NoBmpPasses) => {
            return Ok(given(passed.bytes, bmp_type));
        }
        Err(fault) => {
            return Err(block.failure_before(at_stage(fault, first), Mutation::BmpReadLate));
        }
    };
    let filtered = block.run(&image)?;
    let last = first + filters.len() - 1;
    let written = bmp::write(&filtered).map_err(|fault| at_stage(fault, last))?;
    let is_kept = passed.content_type != bmp_type && job.errs(Mutation::BlockTypeKept);
    let after = if is_kept {
        passed.content_type
    } else {
        bmp_type
    };
    Ok(given(job.hooks.bmp_out(written, &passed.bytes), after))
}

/// Filters that run one after the other over one picture.
struct Block<'a, 'r> {
    filters: &'r [Loaded<'a>],
    /// The position of its first stage, from 0.
    first: usize,
    job: Job<'r>,
    budget: &'r mut Budget,
}

impl<'r> Block<'_, 'r> {
    fn run(&mut self, image: &Image) -> Result<Image, Outcome> {
        let job = self.job;
        let mut ready = self.prepare((image.width, image.height))?;
        let largest = ready.iter().map(|ready| ready.halo).max().unwrap_or(0);
        for ready in &mut ready {
            if ready.halo != largest && job.errs(Mutation::LargestHaloForAll) {
                ready.halo = largest;
                ready.span = SIDE + 2 * largest;
            }
        }
        let first = Canvas::new(image, job);
        // IMG-8, IMG-9: what one stage has concerns all.
        let mut has_halos = largest > 0;
        if !has_halos && !first.is_of_whole_tiles() {
            let could_have = ready.iter().any(|ready| ready.filter.halo.is_some());
            has_halos = job.errs(Mutation::ClampedAlways)
                || could_have && job.errs(Mutation::HaloExportClamps);
        }
        let mut cores = job.hooks.cores(cores(&first), (first.width, first.height));
        let mut earlier_tile = None;
        let mut canvas = first.clone();
        for stage in 0..self.filters.len() {
            if stage > 0 && self.budget.fuel.is_some() && job.errs(Mutation::FuelPerStage) {
                self.budget.fuel = job.task.request_limits.fuel;
            }
            job.hooks.between(&mut canvas, stage, has_halos);
            let slot = self.slot(stage);
            let view = tile::View {
                before: &canvas,
                first: &first,
                has_halos,
                stage,
            };
            let mut after = canvas.clone();
            for (at, core) in cores.iter().enumerate() {
                let result = self.filter_tile(&mut ready[slot], &view, *core, &mut after);
                let Err(fault) = result else {
                    continue;
                };
                // IMG-10: the first stage that fails, and of it the first tile.
                let fault = at_stage(fault, self.first + stage);
                let has_later = at > 0 && stage + 1 < self.filters.len();
                if has_halos || !has_later || !job.errs(Mutation::FirstTileFails) {
                    return Err(fault);
                }
                earlier_tile = Some(fault);
                cores.truncate(at);
                break;
            }
            canvas = after;
        }
        if let Some(fault) = earlier_tile {
            return Err(fault);
        }
        let image = canvas.image(image, job);
        let last = self.first + self.filters.len() - 1;
        self.check_time().map_err(|stop| at_stage(stop, last))?;
        Ok(image)
    }

    /// IMG-12: all stages are made ready, one after the other, before the first tile.
    fn prepare(&mut self, size: (u32, u32)) -> Result<Vec<Ready<'r>>, Outcome> {
        if self.filters.len() > 1 && self.job.errs(Mutation::InstantiatedTogether) {
            for (stage, filter) in self.filters.iter().enumerate() {
                let made = filter.instantiate(self.budget, self.job);
                made.map_err(|fault| at_stage(fault, self.first + stage))?;
            }
        }
        let filters = self.filters.iter().enumerate();
        let ready = filters.map(|(stage, filter)| {
            let ready = prepare(filter, size, self.budget, self.job);
            ready.map_err(|fault| at_stage(fault, self.first + stage))
        });
        ready.collect()
    }

    /// What comes first to a mutant that looks at a picture only once filters are ready.
    fn failure_before(&mut self, fault: Outcome, mutation: Mutation) -> Outcome {
        if !self.job.errs(mutation) {
            return fault;
        }
        self.prepare((1, 1)).err().unwrap_or(fault)
    }

    /// REC-4: each stage has an instance of its own.
    fn slot(&self, stage: usize) -> usize {
        let own = &self.filters[stage];
        let is_same = |other: &Loaded<'_>| {
            Arc::ptr_eq(other.module, own.module) && other.plan.exports == own.plan.exports
        };
        match self.filters[..stage].iter().position(is_same) {
            Some(first) if self.job.errs(Mutation::FiltersShareInstance) => first,
            _ => stage,
        }
    }

    /// LIM-4: the time is looked at between tiles.
    fn check_time(&self) -> Result<(), Outcome> {
        if self.budget.exhausted().is_some() && self.job.errs(Mutation::TimeUnseenBetween) {
            return Ok(());
        }
        check_time(self.budget, self.job)
    }

    fn filter_tile(
        &mut self,
        ready: &mut Ready<'_>,
        view: &tile::View<'_>,
        core: (i64, i64),
        after: &mut Canvas,
    ) -> Result<(), Outcome> {
        let job = self.job;
        self.check_time()?;
        if self.budget.fuel.is_some() && job.errs(Mutation::FuelPerTile) {
            self.budget.fuel = job.task.request_limits.fuel;
        }
        tile::filter(ready, view, core, after, self.budget, job)
    }
}

/// IMG-7, IMG-10: cores begin at multiples of 64, and are taken row by row.
fn cores(canvas: &Canvas) -> Vec<(i64, i64)> {
    let multiples = |side| (0..side).step_by(SIDE as usize);
    let rows = multiples(canvas.height);
    let cores = rows.flat_map(|y| multiples(canvas.width).map(move |x| (x, y)));
    cores.collect()
}
