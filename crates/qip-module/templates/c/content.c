/* {{name}}: writes a text in capitals, with `!` at its end. */
#include "qip.h"

/* What goes in, what comes out, and what the caller may set: '?marks=3' on the command line. */
QIP_INPUT_UTF8(65536)
QIP_OUTPUT_UTF8(131072)
QIP_UNIFORM_U32(marks, 1)
QIP_RENDER(shout)

static void shout(qip_input input, qip_output *out) {
  for (size_t i = 0; i < input.size; i++) {
    uint8_t byte = input.data[i];
    qip_push(out, byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);
  }
  for (uint32_t i = 0; i < marks; i++) qip_push(out, '!');
}
