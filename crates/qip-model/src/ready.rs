//! A tile filter that is ready for its first tile (IMG-12).

use qip_cases::Outcome;
use qip_contract::{Code, Value};
use qip_engine::{Budget, Instance};

use super::exports::{Filter, Role, Source};
use super::picture::SIDE;
use super::request::{self, Early};
use super::{Job, Loaded, Mutation, refused};

/// The bytes of a pixel in a module's memory.
pub(super) const PIXEL_BYTES: usize = 16;

/// An instance, and what it has said.
pub(super) struct Ready<'a> {
    pub(super) instance: Box<dyn Instance>,
    pub(super) filter: &'a Filter,
    /// Where its tile is (IMG-3).
    pub(super) ptr: u32,
    /// Where its tile is read: in the same place, but by a mutant.
    pub(super) read_at: u32,
    /// In pixels.
    pub(super) halo: i64,
    /// The width and height of its tile, in pixels.
    pub(super) span: i64,
}

/// The steps of IMG-12 between instantiating and IMG-4.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Uniforms,
    Pointer,
    Capacity,
    Size,
    Halo,
}

/// IMG-12: their order, and which a mutant makes how much too early.
fn steps(filter: &Filter, job: Job<'_>) -> Vec<Step> {
    use Step::{Capacity, Halo, Pointer, Size, Uniforms};

    let mut steps = vec![Uniforms, Pointer, Capacity, Size, Halo];
    let (has_uniforms, has_size) = (!filter.uniforms.is_empty(), filter.size_setter.is_some());
    let has_halo = filter.halo.is_some();
    for (mutation, is_possible, early, before) in [
        (
            Mutation::PointerBeforeUniforms,
            has_uniforms,
            Pointer,
            Uniforms,
        ),
        (Mutation::TileCapBeforePointer, true, Capacity, Pointer),
        (
            Mutation::SizeBeforeUniforms,
            has_size && has_uniforms,
            Size,
            Uniforms,
        ),
        (Mutation::SizeBeforeGetters, has_size, Size, Pointer),
        (
            Mutation::HaloBeforeUniforms,
            has_halo && has_uniforms,
            Halo,
            Uniforms,
        ),
        (Mutation::HaloBeforeSize, has_halo && has_size, Halo, Size),
    ] {
        if is_possible && job.errs(mutation) {
            steps.retain(|step| *step != early);
            let at = steps.iter().position(|step| *step == before);
            steps.insert(at.unwrap_or_default(), early);
        }
    }
    steps
}

/// Makes a stage ready for a picture of `size`, its width and height.
///
/// `kept` is an instance that a mutant takes instead of a new one; `types` is the current
/// content type of a recipe, at which only a mutant looks.
pub(super) fn prepare<'a>(
    stage: &'a Loaded,
    size: (u32, u32),
    job: Job<'_>,
    budget: &mut Budget,
    kept: Option<Box<dyn Instance>>,
    types: &mut Option<String>,
) -> Result<Ready<'a>, Outcome> {
    let Role::Filter(filter) = &stage.role else {
        return Err(Outcome::broken("the model prepares what is no tile filter"));
    };
    let mut instance = match kept {
        Some(mut instance) => {
            instance.begin(budget);
            instance
        }
        None => request::instantiate(stage, job, budget)?,
    };
    let memory_at_first = instance.memory().len();
    let instance_ref = &mut *instance;
    let (mut ptr, mut cap, mut halo) = (0, 0, 0);
    for step in steps(filter, job) {
        match step {
            Step::Uniforms => request::set_uniforms(instance_ref, &filter.uniforms, job)?,
            Step::Pointer => {
                let getter = &filter.input_ptr;
                ptr = request::read_number(instance_ref, getter, job, &Early::default())?;
            }
            Step::Capacity => {
                let getter = &filter.input_bytes_cap;
                cap = request::read_number(instance_ref, getter, job, &Early::default())?;
            }
            Step::Size => tell_size(instance_ref, filter, size, job)?,
            Step::Halo => halo = ask_halo(instance_ref, filter, job)?,
        }
    }
    let read_at = match &filter.by_mistake.output_ptr {
        Some(getter) => request::read_number(instance_ref, getter, job, &Early::default())?,
        None => ptr,
    };
    let declared = (
        &filter.by_mistake.input_type,
        &filter.by_mistake.output_type,
    );
    if let (Some(_), _) | (_, Some(_)) = declared {
        *types = request::content_types(instance_ref, declared, types.take(), job)?;
    }
    if ptr != 0 && job.errs(Mutation::TileAtZero) {
        ptr = 0;
    }
    let both_sides = halo == 0 || !job.errs(Mutation::HaloOnOneSide);
    let mut ready = Ready {
        filter,
        ptr,
        read_at: if filter.by_mistake.output_ptr.is_some() {
            read_at
        } else {
            ptr
        },
        halo,
        span: SIDE + if both_sides { 2 * halo } else { halo },
        instance,
    };
    let mut memory = ready.instance.memory().len();
    if memory > memory_at_first && job.errs(Mutation::TileBoundsEarly) {
        memory = memory_at_first;
    }
    ready.check_fit(cap, memory, job)?;
    if job.errs(Mutation::NothingIsReady) {
        return Err(refused(Code::TileOutOfBounds, "no tile is good enough"));
    }
    spend(&mut *ready.instance, budget, job)?;
    Ok(ready)
}

/// Takes what an instance has used off what is left to the request (RUN-6). Growth that was
/// refused is no outcome (TRAP-2).
pub(super) fn spend(
    instance: &mut dyn Instance,
    budget: &mut Budget,
    job: Job<'_>,
) -> Result<(), Outcome> {
    let used = instance.finish();
    if used.refused_growths > 0 && job.errs(Mutation::RefusedGrowthFails) {
        return Err(refused(Code::Limit, "growth was refused"));
    }
    let fuel = used.fuel.unwrap_or(0);
    budget.fuel = budget.fuel.map(|left| left.saturating_sub(fuel));
    Ok(())
}

/// IMG-6: the size of the whole picture.
pub(super) fn tell_size(
    instance: &mut dyn Instance,
    filter: &Filter,
    (width, height): (u32, u32),
    job: Job<'_>,
) -> Result<(), Outcome> {
    let Some(setter) = filter.size_setter else {
        return Ok(());
    };
    if job.errs(Mutation::SizeSetterIgnored) {
        return Ok(());
    }
    let mut size = [width, height];
    if width != height && job.errs(Mutation::WidthAndHeightSwapped) {
        size.reverse();
    }
    let tile = [SIDE as u32; 2];
    if size != tile && job.errs(Mutation::TileSizeTold) {
        size = tile;
    }
    let whole = size.map(|side| side.next_multiple_of(SIDE as u32));
    if size != whole && job.errs(Mutation::WholeTilesTold) {
        size = whole;
    }
    let args = size.map(|side| Value::F32((side as f32).to_bits()));
    match instance.call(setter, &args) {
        Ok(_) => Ok(()),
        Err(stop) => match request::stopped(stop, job) {
            Outcome::Trapped { .. } if job.errs(Mutation::SizeSetterTrapSkipped) => Ok(()),
            outcome => Err(outcome),
        },
    }
}

/// IMG-5: signed, and none where it is negative.
pub(super) fn ask_halo(
    instance: &mut dyn Instance,
    filter: &Filter,
    job: Job<'_>,
) -> Result<i64, Outcome> {
    let Some(getter) = &filter.halo else {
        return Ok(0);
    };
    if job.errs(Mutation::HaloIgnored) {
        return Ok(0);
    }
    let said = match request::read_number(instance, getter, job, &Early::default()) {
        Err(Outcome::Trapped { .. }) if job.errs(Mutation::HaloTrapIsNone) => 0,
        said => said?.cast_signed(),
    };
    let halo = i64::from(said);
    if halo < 0 {
        if job.errs(Mutation::HaloNegativeRefused) {
            return Err(refused(Code::ExportShape, "a negative halo"));
        }
        if job.errs(Mutation::HaloUnsigned) {
            return Ok(i64::from(said.cast_unsigned()));
        }
        if job.errs(Mutation::HaloAbsolute) {
            return Ok(-halo);
        }
        return Ok(0);
    }
    if halo == 0 && job.errs(Mutation::HaloZeroRefused) {
        return Err(refused(Code::ExportShape, "a halo of 0"));
    }
    if halo > SIDE && job.errs(Mutation::HaloCapped) {
        return Ok(SIDE);
    }
    Ok(halo)
}

/// The bytes of a tile without its halo.
const CORE_BYTES: u128 = (SIDE * SIDE) as u128 * PIXEL_BYTES as u128;

impl Ready<'_> {
    /// IMG-4: the capacity, then the memory.
    fn check_fit(&self, cap: u32, memory: usize, job: Job<'_>) -> Result<(), Outcome> {
        // Far from what 128 bits hold.
        let span = self.span as u128;
        let mut size = span * span * PIXEL_BYTES as u128;
        for (bits, mutation) in [
            (32, Mutation::TileSizeWraps),
            (64, Mutation::TileSizeWrapsLate),
        ] {
            if size >> bits != 0 && job.errs(mutation) {
                size %= 1 << bits;
            }
        }
        let within = self.check_bounds(size, memory, job);
        let fits = self.check_capacity(size, cap, memory, job);
        if fits.is_err() && within.is_err() && job.errs(Mutation::TileBoundsFirst) {
            return within;
        }
        fits.and(within)
    }

    fn check_capacity(
        &self,
        size: u128,
        cap: u32,
        memory: usize,
        job: Job<'_>,
    ) -> Result<(), Outcome> {
        let wide = u128::from(cap);
        if u128::from(self.ptr) + wide > memory as u128 && job.errs(Mutation::TileCapWithinMemory) {
            return Err(refused(Code::TileOutOfBounds, "the capacity is not there"));
        }
        let is_wrong = size == wide && job.errs(Mutation::TileCapExclusive)
            || cap > i32::MAX.cast_unsigned() && job.errs(Mutation::TileCapSigned);
        if size <= wide && !is_wrong {
            return Ok(());
        }
        let is_taken = job.errs(Mutation::TileCapUnchecked)
            || CORE_BYTES <= wide && job.errs(Mutation::TileCapOfCore)
            || size / 4 <= wide && job.errs(Mutation::TileCapCountsFloats);
        if !is_wrong && is_taken {
            return Ok(());
        }
        let text = if job.errs(Mutation::TileTooLargeUntold) {
            "the tile is too large"
        } else {
            "Tile buffer exceeds module input_bytes_cap"
        };
        let message = if job.errs(Mutation::TileTooLargeUncounted) {
            text.to_owned()
        } else {
            format!("{text}: {size} bytes, the capacity is {cap}")
        };
        Err(refused(Code::TileTooLarge, message))
    }

    fn check_bounds(&self, size: u128, memory: usize, job: Job<'_>) -> Result<(), Outcome> {
        let (ptr, memory) = (u128::from(self.ptr), memory as u128);
        let end = ptr + size;
        let is_wrong = end == memory && job.errs(Mutation::TileEndRefused)
            || ptr == 0 && job.errs(Mutation::TileAtZeroRefused)
            || !ptr.is_multiple_of(4) && job.errs(Mutation::TileAligned);
        if end <= memory && !is_wrong {
            return Ok(());
        }
        let is_taken = end > u128::from(u32::MAX) && job.errs(Mutation::TileEndWraps)
            || ptr + CORE_BYTES <= memory && job.errs(Mutation::TileBoundsOfCore)
            || job.errs(Mutation::TileBoundsUnchecked);
        if !is_wrong && is_taken {
            return Ok(());
        }
        let message = format!("the tile at {ptr} of {size} bytes, in a memory of {memory}");
        Err(refused(Code::TileOutOfBounds, message))
    }

    /// What a mutant asks before each tile, though once is enough.
    pub(super) fn ask_again(&mut self, size: (u32, u32), job: Job<'_>) -> Result<(), Outcome> {
        let instance = &mut *self.instance;
        let is_function = matches!(self.filter.input_ptr.source, Source::Function(_));
        if is_function && job.errs(Mutation::PointerPerTile) {
            let getter = &self.filter.input_ptr;
            self.ptr = request::read_number(instance, getter, job, &Early::default())?;
            self.read_at = self.ptr;
        }
        if self.filter.size_setter.is_some() && job.errs(Mutation::SizeSetterPerTile) {
            tell_size(instance, self.filter, size, job)?;
        }
        if self.filter.halo.is_some() && job.errs(Mutation::HaloPerTile) {
            ask_halo(instance, self.filter, job)?;
        }
        Ok(())
    }
}
