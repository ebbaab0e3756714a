/* calibrate: turns the raw samples of an instrument into readings.
 *
 * A reading is (sample - zero) x gain, without its fraction, + offset. One of every few
 * samples is read. `modules-wat/content/calibrate.wat` has the rest. */
#include "qip.h"

QIP_INPUT_BYTES(1 << 16)
QIP_OUTPUT_I32(1 << 16)
QIP_UNIFORM_F32(zero, 0)
QIP_UNIFORM_F64(gain, 1)
QIP_UNIFORM_I64(offset, 0)
QIP_UNIFORM_I32(every, 1)
QIP_RENDER(calibrate)

static int64_t clamp(int64_t value, int64_t least, int64_t most) {
  return value < least ? least : value > most ? most : value;
}

/* Without its fraction; what is outside of int32_t, which C leaves undefined, is taken for
 * the nearest number inside. */
static int32_t truncate(double value) {
  if (value <= INT32_MIN) return INT32_MIN;
  if (value >= INT32_MAX) return INT32_MAX;
  return (int32_t)value;
}

static void calibrate(qip_input input, qip_output_i32 *out) {
  /* What is further away comes out the same. */
  int64_t limit = (int64_t)1 << 32;
  int64_t added = clamp(offset, -limit, limit);
  size_t step = every > 1 ? every : 1;
  for (size_t i = 0; i < input.size; i += step) {
    int64_t product = truncate((input.data[i] - (double)zero) * gain);
    qip_push_i32(out, (int32_t)clamp(product + added, INT32_MIN, INT32_MAX));
  }
}
