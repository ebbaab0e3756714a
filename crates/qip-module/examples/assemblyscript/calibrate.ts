// calibrate: turns the raw samples of an instrument into readings.
//
// A reading is (sample - zero) x gain, without its fraction, + offset. One of every few
// samples is read. `modules-wat/content/calibrate.wat` has the rest.

const CAPACITY: u32 = 1 << 16;

export const input_ptr = memory.data(CAPACITY, 16);
export const input_bytes_cap = CAPACITY;
export const output_ptr = memory.data(4 * CAPACITY, 16);
export const output_i32_cap = CAPACITY;

let zero: f64 = 0;
let gain: f64 = 1;
let offset: i64 = 0;
let every: i32 = 1;

export function uniform_set_zero(value: f32): void {
  zero = value;
}

export function uniform_set_gain(value: f64): void {
  gain = value;
}

export function uniform_set_offset(value: i64): void {
  // What is further away comes out the same.
  offset = min(max(value, -(1 << 32)), 1 << 32);
}

export function uniform_set_every(value: i32): void {
  every = max(value, 1);
}

export function render(size: u32): u32 {
  if (size > CAPACITY) unreachable();

  let count: u32 = 0;
  for (let i: u32 = 0; i < size; i += every) {
    const product = ((<f64>load<u8>(input_ptr + i)) - zero) * gain;
    // What is outside of i32 is taken for the nearest number inside.
    const reading = <i64>(<i32>product) + offset;
    store<i32>(output_ptr + 4 * count, <i32>min(max(reading, i32.MIN_VALUE), i32.MAX_VALUE));
    count++;
  }
  return count;
}
