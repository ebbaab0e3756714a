/* {{name}}: makes pictures darker. */
#include "qip.h"

/* What the caller may set: '?amount=0.3' on the command line. A filter that looks at neighbours
 * ends with QIP_TILE_WITH_HALO instead: so many pixels are then around each tile. */
QIP_UNIFORM_F32(amount, 0.5f)
QIP_TILE(dim)

static void dim(qip_tile *tile) {
  qip_pixel factor = {amount, amount, amount, 1};
  for (uint32_t i = 0; i < tile->span * tile->span; i++) tile->pixels[i] *= factor;
}
