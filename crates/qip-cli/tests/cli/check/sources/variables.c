#include <stdint.h>

uint8_t input_ptr[65536];
uint32_t input_utf8_cap = 65536;

uint32_t render(uint32_t size) { return size; }
