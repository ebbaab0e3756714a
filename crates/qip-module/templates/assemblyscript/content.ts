// {{name}}: writes a text in capitals, with `!` at its end.

const INPUT: u32 = 65536;
const OUTPUT: u32 = 131072;

// What goes in and what comes out. A constant that is exported is a number that the host
// reads; `memory.data` sets memory aside, here as zeros.
export const input_ptr = memory.data(INPUT, 16);
export const input_utf8_cap = INPUT;
export const output_ptr = memory.data(OUTPUT, 16);
export const output_utf8_cap = OUTPUT;

/** What the caller may set: `'?marks=3'` on the command line. */
let marks: u32 = 1;

export function uniform_set_marks(value: u32): void {
  marks = value;
}

/** Takes the size of the input in bytes, and returns that of the output. */
export function render(size: u32): u32 {
  // Nothing checks this for us, nor what is written: a pointer may go anywhere.
  if (size > INPUT || marks > OUTPUT - size) unreachable();
  for (let i: u32 = 0; i < size; i++) {
    store<u8>(output_ptr + i, capital(load<u8>(input_ptr + i)));
  }
  memory.fill(output_ptr + size, 0x21, marks); // "!"
  return size + marks;
}

/** A letter of ASCII in capitals; all else stays as it is. */
function capital(byte: u8): u8 {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}
