/* trim: strips ASCII white space from both ends of a text. */
#include "qip.h"

QIP_INPUT_UTF8(1 << 20)
QIP_OUTPUT_UTF8(1 << 20)
QIP_RENDER(trim)

/* Space, tab, line feed, vertical tab, form feed and carriage return. */
static int is_white_space(uint8_t byte) { return byte == ' ' || (byte >= 0x09 && byte <= 0x0D); }

static void trim(qip_input input, qip_output *out) {
  /* In UTF-8 a byte below 0x80 is a character of its own, so that none is cut in two. */
  const uint8_t *start = input.data, *end = input.data + input.size;
  while (start < end && is_white_space(*start)) start++;
  while (end > start && is_white_space(end[-1])) end--;
  qip_write(out, start, end - start);
}
