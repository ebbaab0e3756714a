/* base64-encode: writes bytes as Base64 text (RFC 4648 section 4). */
#include "qip.h"

QIP_INPUT_BYTES(3 << 18)
QIP_OUTPUT_UTF8(4 << 18)
QIP_OUTPUT_TYPE("application/base64")
QIP_RENDER(encode)

/* The character of each 6-bit value. */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Writes the four characters of three bytes, the first in bits 16 to 23. */
static void write_group(uint8_t *to, uint32_t bits) {
  to[0] = alphabet[bits >> 18 & 63];
  to[1] = alphabet[bits >> 12 & 63];
  to[2] = alphabet[bits >> 6 & 63];
  to[3] = alphabet[bits & 63];
}

static void encode(qip_input input, qip_output *out) {
  const uint8_t *from = input.data;
  size_t left = input.size;
  uint8_t *to = qip_grow(out, (left + 2) / 3 * 4);
  for (; left >= 3; from += 3, to += 4, left -= 3) {
    write_group(to, from[0] << 16 | from[1] << 8 | from[2]);
  }
  /* One or two bytes may be left: what is missing counts as zeros, and is shown by `=`. */
  if (left > 0) {
    write_group(to, from[0] << 16 | (left == 2 ? from[1] << 8 : 0));
    to[3] = '=';
    if (left == 1) to[2] = '=';
  }
}
