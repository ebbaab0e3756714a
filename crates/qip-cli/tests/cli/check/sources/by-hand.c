#include <stdint.h>

static const char table[] = "a table of sixty letters that the module looks things up in";

uint8_t *input_ptr(void) { return (uint8_t *)0x8000; }
uint32_t input_utf8_cap(void) { return 0x40000; }

uint32_t render(uint32_t size) {
  return (uint32_t)(uintptr_t)&table[*input_ptr() % 60] + size;
}
