//! A stage of a pipeline, and its instances: made ready by the steps of IMG-12, then
//! called once for each tile.

use std::ops::Range;

use qip_contract::{Code, Limits, Refusal, Value};

use super::tile::{PIXEL_BYTES, SIDE};
use crate::content::{read_pointer, unreadable};
use crate::engine::{Budget, ExportId, Instance, Usage};
use crate::error::Cause;
use crate::plan::{TilePlan, Work};
use crate::stage::Prepared;

/// A stage that is a tile filter.
pub(crate) struct Filter<'a> {
    stage: &'a Prepared,
    plan: &'a TilePlan,
}

impl<'a> Filter<'a> {
    /// `None` for a content module.
    pub(super) fn new(stage: &'a Prepared) -> Option<Filter<'a>> {
        match stage.work() {
            Work::Tile(plan) => Some(Filter { stage, plan }),
            Work::Content(_) => None,
        }
    }

    /// An instance that is ready for its first tile (IMG-12), for a picture of `width` ×
    /// `height` pixels.
    pub(super) fn prepare(
        &self,
        (width, height): (u32, u32),
        limits: &Limits,
        budget: &mut Budget,
    ) -> Result<Ready, Box<Cause>> {
        let instance = self.stage.module.loaded.code.instantiate(limits, budget);
        let mut instance = instance.map_err(Cause::instantiation)?;
        let call = |instance: &mut dyn Instance, export, args: &[Value]| {
            let result = instance.call(export, args);
            result.map_err(Cause::stop)
        };
        for (setter, value) in &self.stage.uniforms {
            call(&mut *instance, *setter, &[*value])?;
        }
        let ptr = read_pointer(&mut *instance, self.plan.input_ptr)?;
        let capacity = read_pointer(&mut *instance, self.plan.input_capacity)?;
        if let Some(export) = self.plan.width_and_height {
            let size = [width, height].map(|side| Value::F32((side as f32).to_bits()));
            call(&mut *instance, export, &size)?;
        }
        let halo = match self.plan.halo {
            None => 0,
            Some(export) => match call(&mut *instance, export, &[])? {
                // Signed, and negative is none (IMG-5).
                Some(Value::I32(halo)) => halo.max(0).cast_unsigned(),
                _ => return Err(unreadable("calculate_halo_px")),
            },
        };
        // Wider than any halo can make it: nothing wraps.
        let span = SIDE as u128 + 2 * u128::from(halo);
        let size = span * span * PIXEL_BYTES as u128;
        if size > u128::from(capacity) {
            return Err(too_large(size, halo, capacity));
        }
        let size = size as u64; // No more than the capacity, a u32.
        let memory = instance.memory().len() as u64;
        let end = u64::from(ptr) + size;
        if end > memory {
            return Err(out_of_bounds(size, ptr, memory));
        }
        let mut ready = Ready {
            instance,
            tile: self.plan.tile,
            halo: halo as usize,
            // Within memory, so within what a usize can say.
            bytes: ptr as usize..end as usize,
            settled: Usage::default(),
        };
        ready.settle(budget);
        Ok(ready)
    }
}

/// An instance that is ready for tiles.
pub(super) struct Ready {
    instance: Box<dyn Instance>,
    tile: ExportId,
    /// In pixels.
    pub(super) halo: usize,
    bytes: Range<usize>,
    /// What it has used, where it is asked after each call.
    settled: Usage,
}

impl Ready {
    /// The tile's buffer in the instance's memory.
    pub(super) fn buffer(&mut self) -> Result<&mut [u8], Box<Cause>> {
        let memory = self.instance.memory();
        let size = memory.len() as u64;
        // Memory never shrinks, so what fitted once still fits, on a sound engine.
        memory
            .get_mut(self.bytes.clone())
            .ok_or_else(|| out_of_bounds(self.bytes.len() as u64, self.bytes.start as u32, size))
    }

    /// The bytes from one of the tile's rows to the next.
    pub(super) fn stride(&self) -> usize {
        (SIDE + 2 * self.halo) * PIXEL_BYTES
    }

    /// The tile from the first pixel of its core on.
    pub(super) fn core(&mut self) -> Result<&[u8], Box<Cause>> {
        let first = self.halo * (self.stride() + PIXEL_BYTES);
        Ok(&self.buffer()?[first..])
    }

    /// Calls the tile function for a core whose top-left pixel is at `x` and `y` (IMG-7).
    pub(super) fn call(
        &mut self,
        x: usize,
        y: usize,
        budget: &mut Budget,
    ) -> Result<(), Box<Cause>> {
        let args = [x, y].map(|core| {
            let first = core as i64 - self.halo as i64;
            Value::F32((first as f32).to_bits())
        });
        if budget.fuel.is_some() {
            self.instance.begin(budget);
        }
        let result = self.instance.call(self.tile, &args);
        result.map_err(Cause::stop)?;
        self.settle(budget);
        Ok(())
    }

    /// Takes what a call has used off the fuel that is left, which all stages share.
    fn settle(&mut self, budget: &mut Budget) {
        if let Some(left) = &mut budget.fuel {
            let used = self.instance.finish();
            *left = left.saturating_sub(used.fuel.unwrap_or(0));
            self.settled = together(self.settled, used);
        }
    }

    /// What it has used, after its last tile.
    pub(super) fn finish(mut self, budget: &Budget) -> Usage {
        match budget.fuel {
            Some(_) => self.settled,
            None => self.instance.finish(),
        }
    }
}

/// What calls or instances of one stage have used: the memory is that of the largest.
pub(super) fn together(one: Usage, other: Usage) -> Usage {
    Usage {
        fuel: match (one.fuel, other.fuel) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            (fuel, None) | (None, fuel) => fuel,
        },
        memory_bytes: one.memory_bytes.max(other.memory_bytes),
        refused_growths: one.refused_growths.saturating_add(other.refused_growths),
    }
}

#[cold]
fn too_large(size: u128, halo: u32, capacity: u32) -> Box<Cause> {
    Refusal::new(
        Code::TileTooLarge,
        format!(
            "Tile buffer exceeds module input_bytes_cap: {size} bytes for a halo of {halo} \
             pixels, expected at most {capacity}"
        ),
    )
    .named("input_bytes_cap")
    .found(size, capacity)
    .into()
}

#[cold]
fn out_of_bounds(size: u64, ptr: u32, memory: u64) -> Box<Cause> {
    Refusal::new(
        Code::TileOutOfBounds,
        format!("the tile is out of bounds: {size} bytes at {ptr}, in a memory of {memory} bytes"),
    )
    .named("input_ptr")
    .found(
        format!("{size} bytes at {ptr}"),
        format!("at most {memory}"),
    )
    .into()
}
