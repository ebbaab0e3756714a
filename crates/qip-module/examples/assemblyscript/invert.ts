// invert: turns each colour into its opposite; alpha is kept.
//
// A sample v becomes (1 - 2 amount) v + amount: with an amount of 1, 1 - v.

const TILE_BYTES = 64 * 64 * 16;

export const input_ptr = memory.data(TILE_BYTES, 16);
export const input_bytes_cap = TILE_BYTES;

let amount: f32 = 1;

export function uniform_set_amount(value: f32): void {
  amount = min(max(value, 0), 1);
}

export function tile_rgba32float_64x64(x: f32, y: f32): void {
  // Alpha takes the same way as the colours, so that all four are computed at once.
  const scale = f32x4.replace_lane(f32x4.splat(1 - 2 * amount), 3, 1);
  const offset = f32x4.replace_lane(f32x4.splat(amount), 3, 0);
  const end = input_ptr + TILE_BYTES;
  for (let pixel = input_ptr; pixel < end; pixel += 16) {
    v128.store(pixel, f32x4.add(f32x4.mul(v128.load(pixel), scale), offset));
  }
}
