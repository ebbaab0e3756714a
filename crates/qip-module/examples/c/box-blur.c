/* box-blur: makes each pixel the mean of the square around it.
 *
 * Means are of colour times alpha, divided by the mean of alpha. How sums are put together
 * from sums of 1, 2, 4 and so on pixels, and why not by adding at one end and taking away at
 * the other, is told in `modules-wat/tile/box-blur.wat`. */
#include "qip.h"

#define MAX_RADIUS 64

QIP_UNIFORM_I32(radius, 2)
QIP_TILE_WITH_HALO(blur, MAX_RADIUS, halo)

/* How far the square reaches in each direction. */
static uint32_t halo(void) { return radius > 0 ? radius : 0; }

enum { MAX_SPAN = QIP_TILE_SIDE + 2 * MAX_RADIUS };

/* A row of the tile, colour times alpha. */
static qip_pixel colour_row[MAX_SPAN];
/* The sums along each row of the tile. */
static qip_pixel row_sums[MAX_SPAN * QIP_TILE_SIDE];
/* The sums of squares. */
static qip_pixel sums[QIP_TILE_SIDE * QIP_TILE_SIDE];

static void add(qip_pixel *to, const qip_pixel *from, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] += from[i];
}

/* Writes to each of `windows` the sum of `side` of the `values` that are `step` apart, the
 * first as far from the beginning as the sum. The side is odd. What is in `values` is lost. */
static void add_windows(qip_pixel *values, size_t count, size_t step, uint32_t side,
                        qip_pixel *windows, size_t window_count) {
  __builtin_memcpy(windows, values, window_count * sizeof *windows);
  size_t done = 1;
  /* The values are sums of `length` pixels. */
  for (size_t length = 1; 2 * length <= side;) {
    /* A sum of twice the length is this and the one that begins where it ends. The last ones
     * have none behind them. Of those no more are needed. */
    count -= length * step;
    add(values, values + length * step, count);
    length *= 2;
    if (side & length) {
      add(windows, values + done * step, window_count);
      done += length;
    }
  }
}

static void blur(qip_tile *tile) {
  /* Nothing is to do, and colour under an alpha of 0 is kept. */
  if (tile->halo == 0) return;
  uint32_t side = 2 * tile->halo + 1;
  for (uint32_t y = 0; y < tile->span; y++) {
    const qip_pixel *row = tile->pixels + y * tile->span;
    for (uint32_t x = 0; x < tile->span; x++) {
      float alpha = row[x][3];
      colour_row[x] = row[x] * (qip_pixel){alpha, alpha, alpha, 1};
    }
    add_windows(colour_row, tile->span, 1, side, row_sums + y * QIP_TILE_SIDE, QIP_TILE_SIDE);
  }
  /* All columns at once: what is one step along a column is a row in memory. */
  add_windows(row_sums, tile->span * QIP_TILE_SIDE, QIP_TILE_SIDE, side, sums,
              QIP_TILE_SIDE * QIP_TILE_SIDE);

  float count = (float)(side * side);
  const qip_pixel *sum = sums;
  for (uint32_t y = 0; y < QIP_TILE_SIDE; y++) {
    qip_pixel *row = tile->pixels + (y + tile->halo) * tile->span + tile->halo;
    for (uint32_t x = 0; x < QIP_TILE_SIDE; x++, sum++) {
      /* Where the sum of alpha is 0, those of colour are too, and are divided by 1. */
      float alpha = (*sum)[3] == 0 ? 1 : (*sum)[3];
      row[x] = *sum / (qip_pixel){alpha, alpha, alpha, count};
    }
  }
}
