// luhn: is the check digit of a number right? (ISO/IEC 7812-1 annex B)
//
// The answer is a scalar, for there is no output buffer: 1 if it is, else 0, also of an empty
// input. Anything but digits traps.

const CAPACITY: u32 = 1 << 16;

export const input_ptr = memory.data(CAPACITY, 16);
export const input_utf8_cap = CAPACITY;

export function render(size: u32): i32 {
  if (size > CAPACITY) unreachable();

  let sum: u32 = 0;
  let isDoubled = false;
  for (let i = size; i > 0; i--) {
    let digit: u32 = <u32>load<u8>(input_ptr + i - 1) - 0x30;
    if (digit > 9) unreachable();
    if (isDoubled) digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
    sum += digit;
    isDoubled = !isDoubled;
  }
  return size > 0 && sum % 10 == 0 ? 1 : 0;
}
