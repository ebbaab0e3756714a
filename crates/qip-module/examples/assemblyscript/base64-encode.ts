// base64-encode: writes bytes as Base64 text (RFC 4648 section 4).

const GROUPS: u32 = 1 << 18;

const INPUT: u32 = 3 * GROUPS;
const OUTPUT: u32 = 4 * GROUPS;

export const input_ptr = memory.data(INPUT, 16);
export const input_bytes_cap = INPUT;
export const output_ptr = memory.data(OUTPUT, 16);
export const output_utf8_cap = OUTPUT;

/** `application/base64`, in ASCII. A string literal would be UTF-16. */
export const output_content_type_ptr = memory.data<u8>([
  0x61, 0x70, 0x70, 0x6c, 0x69, 0x63, 0x61, 0x74, 0x69, 0x6f, 0x6e, 0x2f,
  0x62, 0x61, 0x73, 0x65, 0x36, 0x34,
]);
export const output_content_type_size = 18;

/** The character of each 6-bit value: A to Z, a to z, 0 to 9, `+`, `/`. */
const ALPHABET = memory.data<u8>([
  0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d,
  0x4e, 0x4f, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a,
  0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
  0x6e, 0x6f, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x2b, 0x2f,
]);

export function render(size: u32): u32 {
  if (size > INPUT) unreachable();

  let from = input_ptr;
  let to = output_ptr;
  let left = size;
  for (; left >= 3; left -= 3) {
    writeGroup(
      to,
      (<u32>load<u8>(from) << 16) | (<u32>load<u8>(from, 1) << 8) | <u32>load<u8>(from, 2),
    );
    from += 3;
    to += 4;
  }
  // One or two bytes may be left: what is missing counts as zeros, and is shown by `=`.
  if (left > 0) {
    const second: u32 = left == 2 ? <u32>load<u8>(from, 1) << 8 : 0;
    writeGroup(to, (<u32>load<u8>(from) << 16) | second);
    store<u8>(to, 0x3d, 3);
    if (left == 1) store<u8>(to, 0x3d, 2);
    to += 4;
  }
  return <u32>(to - output_ptr);
}

/** Writes the four characters of three bytes, the first in bits 16 to 23. */
function writeGroup(to: usize, bits: u32): void {
  store<u8>(to, characterOf(bits >> 18));
  store<u8>(to, characterOf(bits >> 12), 1);
  store<u8>(to, characterOf(bits >> 6), 2);
  store<u8>(to, characterOf(bits), 3);
}

function characterOf(bits: u32): u8 {
  return load<u8>(ALPHABET + (bits & 63));
}
