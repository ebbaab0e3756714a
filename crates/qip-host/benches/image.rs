//! What the image mode costs on a picture of 4096 × 4096 pixels: on one thread over the
//! time that is spent in modules, and over the loop that one would write on bare wasmtime
//! for pixels without neighbours; and on two threads over one.
//!
//! `cargo bench -p qip-host --bench image`. The bare loop converts as fast as can be: with
//! Rust's own `as u8` it would take longer than the host does.

#[path = "rows/in_turns.rs"]
mod in_turns;

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Duration;

use criterion::Criterion;
use in_turns::{Target, compare, table, write_rows};
use qip_host::image::{Filters, ImageOptions, Picture};
use qip_host::{Host, Limits, Stage};
use wasmtime::{Engine, Func, Instance, Memory, Module, Store, ValRaw};

/// The width and height of the picture: 4096 tiles.
const SIDE: usize = 4096;

/// At most so much of one thread's time for two: 1.7 times as fast.
const TWO_THREADS: Target = Target::Ratio(1.0 / 1.7);

/// Turns colours into their opposites.
const INVERT: &str = include_str!("../tests/invert.wat");

/// The mean of the 13 × 13 pixels around each: a halo of 6, and a tile of 76 × 76 pixels,
/// whose core is made behind it and then copied.
const BLUR: &str = r#"(module
  (memory (export "memory") 3 3)
  (global (export "input_ptr") i32 (i32.const 0))
  (global (export "input_bytes_cap") i32 (i32.const 92416))
  (func (export "calculate_halo_px") (result i32) (i32.const 6))
  (func (export "tile_rgba32float_64x64") (param f32 f32)
    (local $x i32) (local $y i32) (local $from i32) (local $end i32) (local $row i32)
    (local $to i32) (local $sum v128)
    (local.set $to (i32.const 92416))
    (loop $next_y
      (local.set $x (i32.const 0))
      (loop $next_x
        (local.set $sum (v128.const f32x4 0 0 0 0))
        (local.set $row (i32.const 0))
        (local.set $from (i32.mul (i32.const 16)
          (i32.add (local.get $x) (i32.mul (i32.const 76) (local.get $y)))))
        (loop $next_row
          (local.set $end (i32.add (local.get $from) (i32.const 208)))
          (loop $next_pixel
            (local.set $sum (f32x4.add (local.get $sum) (v128.load (local.get $from))))
            (local.set $from (i32.add (local.get $from) (i32.const 16)))
            (br_if $next_pixel (i32.lt_u (local.get $from) (local.get $end))))
          (local.set $from (i32.add (local.get $from) (i32.const 1008)))
          (local.set $row (i32.add (local.get $row) (i32.const 1)))
          (br_if $next_row (i32.lt_u (local.get $row) (i32.const 13))))
        (v128.store (local.get $to) (f32x4.mul (local.get $sum)
          (f32x4.splat (f32.const 0.005917159763))))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br_if $next_x (i32.lt_u (local.get $x) (i32.const 64))))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $next_y (i32.lt_u (local.get $y) (i32.const 64))))
    (local.set $y (i32.const 0))
    (loop $copy
      (memory.copy
        (i32.mul (i32.const 16) (i32.add (i32.const 462) (i32.mul (i32.const 76) (local.get $y))))
        (i32.add (i32.const 92416) (i32.mul (i32.const 1024) (local.get $y)))
        (i32.const 1024))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $copy (i32.lt_u (local.get $y) (i32.const 64))))))"#;

/// A filter on bare wasmtime.
struct Bare {
    store: Store<()>,
    memory: Memory,
    tile: Func,
}

impl Bare {
    fn new(wasm: &[u8]) -> Bare {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        let tile = instance.get_func(&mut store, "tile_rgba32float_64x64");
        Bare {
            memory,
            tile: tile.unwrap(),
            store,
        }
    }

    /// The fastest way that there is.
    #[expect(unsafe_code, reason = "the checked call is slower")]
    fn call(&mut self, x: f32, y: f32) {
        let mut args = [ValRaw::f32(x.to_bits()), ValRaw::f32(y.to_bits())];
        // SAFETY: the function of both modules takes two f32 and returns nothing.
        unsafe {
            let function = self.tile;
            function.call_unchecked(&mut self.store, &raw mut args)
        }
        .unwrap();
    }

    /// Nothing but the calls.
    fn calls(&mut self) {
        for y in (0..SIDE).step_by(64) {
            for x in (0..SIDE).step_by(64) {
                self.call(x as f32, y as f32);
            }
        }
    }

    /// The loop for whole tiles without a halo.
    fn filter(&mut self, picture: &[u8]) -> Vec<u8> {
        let mut output = vec![0; picture.len()];
        for y in (0..SIDE).step_by(64) {
            for x in (0..SIDE).step_by(64) {
                let start = (y * SIDE + x) * 4;
                let memory = &mut self.memory.data_mut(&mut self.store)[..64 * 1024];
                let lines = picture[start..].chunks(SIDE * 4);
                for (floats, bytes) in memory.chunks_mut(1024).zip(lines) {
                    let (floats, _) = floats.as_chunks_mut::<4>();
                    for (float, byte) in floats.iter_mut().zip(&bytes[..256]) {
                        *float = (f32::from(*byte) * (1.0 / 255.0)).to_le_bytes();
                    }
                }
                self.call(x as f32, y as f32);
                let memory = &self.memory.data(&self.store)[..64 * 1024];
                let lines = output[start..].chunks_mut(SIDE * 4);
                for (floats, bytes) in memory.chunks(1024).zip(lines) {
                    let (floats, _) = floats.as_chunks::<4>();
                    for (byte, float) in bytes[..256].iter_mut().zip(floats) {
                        *byte = to_byte(f32::from_le_bytes(*float));
                    }
                }
            }
        }
        output
    }
}

/// Without branches (IMG-2).
fn to_byte(value: f32) -> u8 {
    let scaled = value * 255.0 + 0.5;
    let scaled = if scaled > 0.0 { scaled } else { 0.0 };
    let scaled = if scaled < 255.0 { scaled } else { 255.0 };
    let shifted = scaled + 8_388_608.0;
    let is_above = shifted - 8_388_608.0 > scaled;
    shifted.to_bits().wrapping_sub(u32::from(is_above)) as u8
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(4))
        .warm_up_time(Duration::from_secs(1))
        .configure_from_args();
    let mut rows = Vec::new();
    let host = Host::new(qip_host::wasmtime::Wasmtime::new(), Limits::standard());
    let samples: Vec<u8> = (0..SIDE * SIDE * 4)
        .map(|n| ((n * 31) >> 3) as u8)
        .collect();
    let picture = Picture::new(SIDE as u32, SIDE as u32, samples.clone()).unwrap();
    let threads = |count| ImageOptions::threads(NonZeroUsize::new(count).unwrap());
    let apply = |filters: &Filters, count| {
        black_box(filters.apply(&picture, threads(count)).unwrap());
    };

    let [invert_wasm, blur_wasm] = [INVERT, BLUR].map(|text| wat::parse_str(text).unwrap());
    let invert = host.filters([Stage::new(&invert_wasm)]).unwrap();
    let mut bare = Bare::new(&invert_wasm);
    let expected = bare.filter(&samples);
    for count in [1, 2] {
        let found = invert.apply(&picture, threads(count)).unwrap();
        assert!(found.pixels() == expected);
    }
    compare(
        &mut criterion,
        &mut rows,
        "invert, over a bare loop".to_owned(),
        Target::Ratio(1.0 / 0.85),
        1,
        || drop(black_box(bare.filter(&samples))),
        || apply(&invert, 1),
    );
    compare(
        &mut criterion,
        &mut rows,
        "invert, over the calls".to_owned(),
        Target::None,
        1,
        || bare.calls(),
        || apply(&invert, 1),
    );
    compare(
        &mut criterion,
        &mut rows,
        "invert, 2 threads over 1".to_owned(),
        TWO_THREADS,
        1,
        || apply(&invert, 1),
        || apply(&invert, 2),
    );

    let mut bare = Bare::new(&blur_wasm);
    let blur = host.filters([Stage::new(&blur_wasm)]).unwrap();
    compare(
        &mut criterion,
        &mut rows,
        "blur, over the calls".to_owned(),
        Target::Ratio(1.1),
        1,
        || bare.calls(),
        || apply(&blur, 1),
    );
    // The second reads a window, not the picture.
    let twice = host.filters([&blur_wasm; 2].map(Stage::new)).unwrap();
    compare(
        &mut criterion,
        &mut rows,
        "blur twice, over the calls".to_owned(),
        Target::Ratio(1.1),
        1,
        || (0..2).for_each(|_| bare.calls()),
        || apply(&twice, 1),
    );
    compare(
        &mut criterion,
        &mut rows,
        "blur twice, 2 threads over 1".to_owned(),
        TWO_THREADS,
        1,
        || apply(&twice, 1),
        || apply(&twice, 2),
    );
    criterion.final_summary();
    table(&rows);
    write_rows(&rows);
}
