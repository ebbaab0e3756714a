/* Tests of {{name}}.c, natively: this program ends with 0 if all is well. */
#include "{{name}}.c"

#include <stdio.h>
#include <string.h>

int main(void) {
  uint8_t buffer[16];
  qip_output out = {buffer, 0, sizeof buffer};
  marks = 2;
  shout((qip_input){(const uint8_t *)"hello", 5}, &out);
  if (out.size != 7 || memcmp(buffer, "HELLO!!", 7) != 0) {
    printf("expected HELLO!!, found %.*s\n", (int)out.size, (const char *)buffer);
    return 1;
  }
  return 0;
}
