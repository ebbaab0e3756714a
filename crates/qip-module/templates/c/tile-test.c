/* Tests of {{name}}.c, natively: this program ends with 0 if all is well. */
#include "{{name}}.c"

#include <stdio.h>

int main(void) {
  static qip_pixel pixels[64 * 64];
  for (int i = 0; i < 64 * 64; i++) pixels[i] = (qip_pixel){1, 0.5f, 0, 0.25f};
  qip_tile tile = {pixels, 64, 0, 0, 0};
  amount = 0.5f;
  dim(&tile);
  for (int i = 0; i < 64 * 64; i++) {
    qip_pixel found = pixels[i];
    if (found[0] != 0.5f || found[1] != 0.25f || found[2] != 0 || found[3] != 0.25f) {
      printf("pixel %d: found %g %g %g %g\n", i, found[0], found[1], found[2], found[3]);
      return 1;
    }
  }
  return 0;
}
