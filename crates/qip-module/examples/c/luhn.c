/* luhn: is the check digit of a number right? (ISO/IEC 7812-1 annex B)
 *
 * The answer is a scalar: 1 if it is, else 0, also of an empty input. Anything but digits
 * traps. */
#include "qip.h"

QIP_INPUT_UTF8(1 << 16)
QIP_SCALAR(luhn)

static int32_t luhn(qip_input input) {
  uint32_t sum = 0;
  int is_doubled = 0;
  for (size_t i = input.size; i > 0; i--) {
    uint32_t digit = (uint8_t)(input.data[i - 1] - '0');
    if (digit > 9) qip_trap();
    if (is_doubled) digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
    sum += digit;
    is_doubled = !is_doubled;
  }
  return input.size > 0 && sum % 10 == 0;
}
