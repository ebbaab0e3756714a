//! A tile filter that is ready for its first tile (IMG-12).

use qip_cases::Outcome;
use qip_contract::{Code, Value};
use qip_engine::{Budget, Instance};

use super::content::{read_number, set_uniforms};
use super::exports::{Filter, Plan, Work};
use super::hooks::Job;
use super::memory;
use super::mutation::Mutation;
use super::order::{IMG_12, Step};
use super::picture::SIDE;
use super::refusal::{refused, stopped};
use super::stage::{Loaded, spend};

/// The bytes of a pixel in a module's memory.
pub(crate) const PIXEL_BYTES: usize = 16;

/// An instance, and what it has said.
pub(crate) struct Ready<'a> {
    pub(crate) instance: Box<dyn Instance>,
    pub(crate) plan: &'a Plan,
    pub(crate) filter: &'a Filter,
    /// Where its tile is (IMG-3).
    pub(crate) ptr: u32,
    cap: u32,
    /// In pixels.
    pub(crate) halo: i64,
    /// The width and height of its tile, in pixels.
    pub(crate) span: i64,
}

/// IMG-12: makes a stage ready for a picture of `size`, its width and height.
pub(crate) fn prepare<'a>(
    stage: &'a Loaded<'_>,
    size: (u32, u32),
    budget: &mut Budget,
    job: Job<'_>,
) -> Result<Ready<'a>, Outcome> {
    let Work::Filter(filter) = &stage.plan.work else {
        return Err(Outcome::broken("the model prepares what is no tile filter"));
    };
    let mut ready = Ready {
        instance: stage.instantiate(budget, job)?,
        plan: &stage.plan,
        filter,
        ptr: 0,
        cap: 0,
        halo: 0,
        span: SIDE,
    };
    for step in job.hooks.order(IMG_12).iter() {
        if let Some((late, fault)) = &stage.plan.late
            && late == step
        {
            return Err(fault.clone());
        }
        ready.step(*step, size, job)?;
    }
    spend(&mut *ready.instance, budget, job)?;
    Ok(ready)
}

impl Ready<'_> {
    fn step(&mut self, step: Step, size: (u32, u32), job: Job<'_>) -> Result<(), Outcome> {
        let (plan, instance) = (self.plan, &mut *self.instance);
        match step {
            Step::SetUniforms => set_uniforms(instance, plan, job)?,
            Step::ReadInputPtr => self.ptr = read_number(instance, &plan.input_ptr, job)?,
            Step::ReadInputCap => self.cap = read_number(instance, &plan.input_cap, job)?,
            Step::TellSize => self.tell_size(size, job)?,
            Step::AskHalo => self.ask_halo(job)?,
            Step::TileFitsCapacity => self.check_capacity(job)?,
            Step::TileFitsMemory => self.check_memory(job)?,
            _ => {}
        }
        Ok(())
    }

    /// IMG-6: the size of the whole picture.
    fn tell_size(&mut self, (width, height): (u32, u32), job: Job<'_>) -> Result<(), Outcome> {
        let Some(setter) = self.filter.size_setter else {
            return Ok(());
        };
        let args = [width, height].map(|side| Value::F32((side as f32).to_bits()));
        match self.instance.call(setter, &args) {
            Ok(_) => Ok(()),
            Err(stop) => Err(stopped(stop, &self.plan.exports[setter.0], job)),
        }
    }

    /// IMG-5: signed, and none where it is negative.
    fn ask_halo(&mut self, job: Job<'_>) -> Result<(), Outcome> {
        let Some(getter) = &self.filter.halo else {
            return Ok(());
        };
        let said = read_number(&mut *self.instance, getter, job)?.cast_signed();
        let is_refused = said < 0 && job.errs(Mutation::HaloNegativeRefused)
            || said == 0 && job.errs(Mutation::HaloZeroRefused);
        if is_refused {
            return Err(refused(Code::ExportShape, format!("a halo of {said}")));
        }
        self.halo = i64::from(said.max(0));
        // IMG-3: it is on all sides.
        self.span = SIDE + 2 * self.halo;
        if self.halo > 0 && job.errs(Mutation::HaloOnOneSide) {
            self.span = SIDE + self.halo;
        }
        Ok(())
    }

    /// IMG-3: the bytes of a tile, far from what 128 bits hold.
    fn size(&self, job: Job<'_>) -> u128 {
        let span = self.span as u128;
        let size = span * span * PIXEL_BYTES as u128;
        if size >> 32 != 0 && job.errs(Mutation::TileSizeWraps) {
            return size % (1 << 32);
        }
        if size >> 64 != 0 && job.errs(Mutation::TileSizeWrapsLate) {
            return size % (1 << 64);
        }
        size
    }

    /// IMG-4: the tile fits the capacity.
    fn check_capacity(&mut self, job: Job<'_>) -> Result<(), Outcome> {
        let (size, cap) = (self.size(job), u128::from(self.cap));
        let memory = self.instance.memory();
        let is_there = memory::place(memory, self.ptr, self.cap.into()).is_some();
        if !is_there && job.errs(Mutation::TileCapWithinMemory) {
            return Err(refused(Code::TileOutOfBounds, "the capacity is not there"));
        }
        let is_wrong = size == cap && job.errs(Mutation::TileCapExclusive);
        let is_taken = CORE_BYTES <= cap && job.errs(Mutation::TileCapOfCore);
        if size <= cap && !is_wrong || is_taken {
            return Ok(());
        }
        let message = format!(
            "Tile buffer exceeds module input_bytes_cap: {size} bytes, the capacity is {cap}"
        );
        Err(refused(Code::TileTooLarge, message))
    }

    /// IMG-4: the tile fits memory. No alignment is asked.
    fn check_memory(&mut self, job: Job<'_>) -> Result<(), Outcome> {
        let (size, ptr) = (self.size(job), u128::from(self.ptr));
        let memory = self.instance.memory().len() as u128;
        let end = ptr + size;
        let is_wrong = end == memory && job.errs(Mutation::TileEndRefused);
        let is_taken = end > u128::from(u32::MAX) && job.errs(Mutation::TileEndWraps)
            || end > memory && ptr + CORE_BYTES <= memory && job.errs(Mutation::TileBoundsOfCore);
        if end <= memory && !is_wrong || is_taken {
            return Ok(());
        }
        let message = format!("the tile at {ptr} of {size} bytes, in a memory of {memory}");
        Err(refused(Code::TileOutOfBounds, message))
    }
}

/// The bytes of a tile without its halo.
const CORE_BYTES: u128 = (SIDE * SIDE) as u128 * PIXEL_BYTES as u128;
