// {{name}}: makes pictures darker.

/** A tile of 64 times 64 pixels of 16 bytes. */
const TILE_BYTES: u32 = 64 * 64 * 16;

// The tile comes in here, and goes out from the same place. A constant that is exported is a
// number that the host reads; `memory.data` sets memory aside.
export const input_ptr = memory.data(TILE_BYTES, 16);
export const input_bytes_cap = TILE_BYTES;

/** What the caller may set: `'?amount=0.3'` on the command line. */
let amount: f32 = 0.5;

export function uniform_set_amount(value: f32): void {
  amount = value;
}

/** Takes the place of the tile's first pixel in the picture. */
export function tile_rgba32float_64x64(x: f32, y: f32): void {
  const factor = f32x4.replace_lane(f32x4.splat(amount), 3, 1); // alpha stays
  const end = input_ptr + TILE_BYTES;
  for (let pixel = input_ptr; pixel < end; pixel += 16) {
    v128.store(pixel, f32x4.mul(v128.load(pixel), factor));
  }
}
