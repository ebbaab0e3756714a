/* invert: turns each colour into its opposite; alpha is kept.
 *
 * A sample v becomes (1 - 2 amount) v + amount: with an amount of 1, 1 - v. */
#include "qip.h"

QIP_UNIFORM_F32(amount, 1)
QIP_TILE(invert)

static void invert(qip_tile *tile) {
  float a = amount < 0 ? 0 : amount > 1 ? 1 : amount;
  float s = 1 - 2 * a;
  qip_pixel scale = {s, s, s, 1}, offset = {a, a, a, 0};
  for (uint32_t i = 0; i < tile->span * tile->span; i++) {
    tile->pixels[i] = tile->pixels[i] * scale + offset;
  }
}
