//! A stage of a pipeline, and its instances: made ready by the steps of IMG-12, then
//! called once for each tile.

use std::ops::Range;
use std::sync::Arc;

use qip_contract::{Code, Limits, Refusal, Signature, Value};

use super::tile::{PIXEL_BYTES, SIDE};
use crate::content::{read_pointer, unreadable};
use crate::engine::{Budget, CompiledModule, ExportId, Instance};
use crate::error::{Cause, Error};
use crate::host::Host;
use crate::plan::TilePlan;
use crate::recipe::{Stage, StageSource, instantiation, same_host};

/// A tile filter whose uniforms are parsed.
pub(super) struct Filter {
    pub(super) name: Option<String>,
    pub(super) signature: Signature,
    plan: TilePlan,
    code: Arc<dyn CompiledModule>,
    /// Setters and values, sorted bytewise by key (UNI-2).
    uniforms: Vec<(ExportId, Value)>,
}

impl Filter {
    pub(super) fn new(host: &Host, stage: &Stage<'_>) -> Result<Filter, Error> {
        let name = stage.name.as_deref();
        let bytes = match &stage.source {
            StageSource::Bytes(bytes) => *bytes,
            StageSource::Module(module) => {
                let module = same_host(host, module)?;
                // What is loaded as a module is never a tile filter.
                let refused = host.check_filter(module.signature(), &stage.uniforms);
                let cause = refused.err().unwrap_or_else(|| {
                    Box::new(Cause::Unsupported(
                        "the module is no tile filter".to_owned(),
                    ))
                });
                return Err(Error::new(cause).in_module(name.or(module.name())));
            }
        };
        Filter::load(host, bytes, stage).map_err(|cause| Error::new(cause).in_module(name))
    }

    fn load(host: &Host, bytes: &[u8], stage: &Stage<'_>) -> Result<Filter, Box<Cause>> {
        let (signature, plan, code) = host.load_filter(bytes, &stage.uniforms)?;
        let values = signature.uniform_values(&stage.uniforms)?;
        let uniforms = values
            .into_iter()
            .map(|(at, value)| (plan.setter(at), value))
            .collect();
        Ok(Filter {
            name: stage.name.clone(),
            signature,
            plan,
            code,
            uniforms,
        })
    }

    /// An instance that is ready for its first tile (IMG-12), for a picture of `width` ×
    /// `height` pixels.
    pub(super) fn prepare(
        &self,
        (width, height): (u32, u32),
        limits: &Limits,
        budget: &mut Budget,
    ) -> Result<Ready, Box<Cause>> {
        let instance = self.code.instantiate(limits, budget);
        let mut instance = instance.map_err(|stop| instantiation(stop, limits))?;
        let call = |instance: &mut dyn Instance, export, args: &[Value]| {
            let result = instance.call(export, args);
            result.map_err(|stop| Cause::stop(stop, limits))
        };
        for (setter, value) in &self.uniforms {
            call(&mut *instance, *setter, &[*value])?;
        }
        let ptr = read_pointer(&mut *instance, self.plan.input_ptr, limits)?;
        let capacity = read_pointer(&mut *instance, self.plan.input_capacity, limits)?;
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
        settle(&mut *instance, budget);
        Ok(Ready {
            instance,
            tile: self.plan.tile,
            halo: halo as usize,
            // Within memory, so within what a usize can say.
            bytes: ptr as usize..end as usize,
        })
    }
}

/// An instance that is ready for tiles.
pub(super) struct Ready {
    instance: Box<dyn Instance>,
    tile: ExportId,
    /// In pixels.
    pub(super) halo: usize,
    bytes: Range<usize>,
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
        limits: &Limits,
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
        result.map_err(|stop| Cause::stop(stop, limits))?;
        settle(&mut *self.instance, budget);
        Ok(())
    }
}

/// Takes what an instance has used off the fuel that is left, which all stages share.
fn settle(instance: &mut dyn Instance, budget: &mut Budget) {
    if let Some(left) = &mut budget.fuel {
        *left = left.saturating_sub(instance.finish().fuel.unwrap_or(0));
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
