// trim: strips ASCII white space from both ends of a text.

const CAPACITY: u32 = 1 << 20;

// What is exported as a constant is a number that the host reads.
export const input_ptr = memory.data(CAPACITY, 16);
export const input_utf8_cap = CAPACITY;
export const output_ptr = memory.data(CAPACITY, 16);
export const output_utf8_cap = CAPACITY;

export function render(size: u32): u32 {
  if (size > CAPACITY) unreachable();

  // In UTF-8 a byte below 0x80 is a character of its own, so that none is cut in two.
  let start = input_ptr;
  let end = input_ptr + size;
  while (start < end && isWhiteSpace(load<u8>(start))) start++;
  while (end > start && isWhiteSpace(load<u8>(end - 1))) end--;

  memory.copy(output_ptr, start, end - start);
  return <u32>(end - start);
}

/** Space, tab, line feed, vertical tab, form feed and carriage return. */
function isWhiteSpace(byte: u8): bool {
  return byte == 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
