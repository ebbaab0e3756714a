#include <stdint.h>

static uint8_t input[65536];
static uint8_t output[65536];

uint8_t *input_ptr(void) { return input; }
uint32_t input_utf8_cap(void) { return sizeof input; }
uint8_t *output_ptr(void) { return output; }
uint32_t output_utf8_cap(void) { return sizeof output; }

uint32_t render(uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    output[i] = input[i] == 'a' ? 'b' : input[i];
  }
  return size;
}
