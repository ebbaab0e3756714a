/* qip.h: write qip modules in C. Copy this file into your project; it needs nothing else.
 *
 *     #include "qip.h"
 *
 *     QIP_INPUT_UTF8(65536)
 *     QIP_OUTPUT_UTF8(65536)
 *     QIP_RENDER(copy)
 *
 *     static void copy(qip_input input, qip_output *out) {
 *       qip_write(out, input.data, input.size);
 *     }
 *
 * Declare an input, an output, what else there is, and last the function. `qip build` knows
 * how to compile it, with any clang or with `zig cc`. Natively, for tests, nothing is
 * exported, and a test includes the source file and calls its functions.
 *
 *     QIP_INPUT_UTF8(cap)   QIP_INPUT_BYTES(cap)     what comes in, at most so many bytes
 *     QIP_OUTPUT_UTF8(cap)  QIP_OUTPUT_BYTES(cap)    what goes out
 *     QIP_OUTPUT_I32(cap)                            32-bit numbers, at most so many
 *     QIP_INPUT_TYPE("a/b") QIP_OUTPUT_TYPE("a/b")   content types, optional
 *     QIP_UNIFORM_I32(key, default)                  a uniform: a variable of this name. Also
 *                                                    _U32, _I64, _U64, _F32, _F64
 *     QIP_RENDER(f)         void f(qip_input, qip_output *), or qip_output_i32 *
 *     QIP_SCALAR(f)         int32_t f(qip_input): no output, the result is the answer
 *
 *     QIP_TILE(f)           a filter: void f(qip_tile *)
 *     QIP_TILE_WITH_HALO(f, max, halo)
 *                           one that sees at most `max` pixels around a tile, and how many
 *                           by uint32_t halo(void)
 *     QIP_PICTURE_SIZE()    the host sets qip_picture_width and qip_picture_height
 *
 * Text is handed over as bytes: a host validates it before (IN-6) and after (OUT-6). What is
 * written over the capacity of an output traps, and so does an input over its capacity.
 *
 * C only: what a C++ compiler makes of constructors would run at every export. */
#ifndef QIP_H
#define QIP_H

#ifdef __cplusplus
#error "qip.h is for C: C++ constructors would run again at every export"
#endif

#include <stddef.h>
#include <stdint.h>

/* An export. A size is always a function: an exported variable would be the address of its
 * number (MOD-9). */
#ifdef __wasm__
#define QIP_EXPORT(name) __attribute__((export_name(#name)))
#else
#define QIP_EXPORT(name) __attribute__((unused)) static
#endif
#define QIP_GETTER(name, type, value) \
  QIP_EXPORT(name) type qip_get_##name(void) { return (value); }

/* Memory that the host sees: zeros at first, and aligned, so that any wide load is. */
#define QIP_BUFFER __attribute__((aligned(16))) static

/* Ends the request: the host reports the trap `unreachable`. */
#define qip_trap() __builtin_trap()

/* What came in. */
typedef struct {
  const uint8_t *data;
  size_t size;
} qip_input;

/* What goes out, text or bytes: what was written so far. */
typedef struct {
  uint8_t *data;
  size_t size;
  size_t capacity;
} qip_output;

/* The same of 32-bit numbers. */
typedef struct {
  int32_t *data;
  size_t count;
  size_t capacity;
} qip_output_i32;

/* A pixel: red, green, blue and alpha from 0 to 1, straight (IMG-2). Operators work on all
 * four at once, and pixel[3] is alpha. */
typedef float qip_pixel __attribute__((vector_size(16)));

/* The side of a tile without its halo, in pixels. */
#define QIP_TILE_SIDE 64

/* A tile of a picture: pixels in rows, with those of the halo around the core. A filter
 * changes the core; what it leaves in the halo is thrown away (IMG-9). */
typedef struct {
  /* `span` rows of `span` pixels. */
  qip_pixel *pixels;
  /* The side in pixels, with the halo. */
  uint32_t span;
  /* How many pixels beyond the core there are on each side. */
  uint32_t halo;
  /* Where the first pixel is in the picture; negative where that is outside of it. */
  float x, y;
} qip_tile;

/* Makes the output longer by `size` bytes, and returns where they are. Traps where there is no
 * room for them. */
__attribute__((unused)) static inline uint8_t *qip_grow(qip_output *out, size_t size) {
  if (size > out->capacity - out->size) qip_trap();
  uint8_t *added = out->data + out->size;
  out->size += size;
  return added;
}

/* Writes bytes. Traps where they do not fit. */
__attribute__((unused)) static inline void qip_write(qip_output *out, const void *data,
                                                     size_t size) {
  __builtin_memcpy(qip_grow(out, size), data, size);
}

/* Writes one byte. Traps where the output is full. */
__attribute__((unused)) static inline void qip_push(qip_output *out, uint8_t byte) {
  *qip_grow(out, 1) = byte;
}

/* Writes one number. Traps where the output is full. */
__attribute__((unused)) static inline void qip_push_i32(qip_output_i32 *out, int32_t number) {
  if (out->count >= out->capacity) qip_trap();
  out->data[out->count++] = number;
}

/* A host allows a module 1 GiB of memory unless it is told otherwise (LIM-1). */
#define QIP_CHECK_CAPACITY(bytes)                   \
  _Static_assert((bytes) > 0 && (bytes) <= 1 << 30, \
                 "qip: a capacity is 1 byte to 1 GiB, the memory that hosts allow a module");

#define QIP_INPUT_UTF8(cap) QIP_INPUT(input_utf8_cap, cap)
#define QIP_INPUT_BYTES(cap) QIP_INPUT(input_bytes_cap, cap)
#define QIP_INPUT(name, cap)                        \
  QIP_CHECK_CAPACITY(cap)                           \
  QIP_BUFFER uint8_t qip_input_buffer[cap];         \
  QIP_GETTER(name, uint32_t, cap)                   \
  QIP_GETTER(input_ptr, void *, qip_input_buffer)   \
  static inline qip_input qip_read(uint32_t size) { \
    if (size > (cap)) qip_trap();                   \
    return (qip_input){qip_input_buffer, size};     \
  }

#define QIP_OUTPUT_UTF8(cap) QIP_OUTPUT(output_utf8_cap, cap, uint8_t, qip_output, size)
#define QIP_OUTPUT_BYTES(cap) QIP_OUTPUT(output_bytes_cap, cap, uint8_t, qip_output, size)
#define QIP_OUTPUT_I32(cap) QIP_OUTPUT(output_i32_cap, cap, int32_t, qip_output_i32, count)
#define QIP_OUTPUT(name, cap, element, type, used)                                    \
  QIP_CHECK_CAPACITY((cap) * sizeof(element))                                         \
  QIP_BUFFER element qip_output_buffer[cap];                                          \
  QIP_GETTER(name, uint32_t, cap)                                                     \
  QIP_GETTER(output_ptr, void *, qip_output_buffer)                                   \
  typedef type qip_output_type;                                                       \
  static inline uint32_t qip_call(void (*render)(qip_input, type *), uint32_t size) { \
    type out = {qip_output_buffer, 0, (cap)};                                         \
    render(qip_read(size), &out);                                                     \
    return (uint32_t)out.used;                                                        \
  }

#define QIP_INPUT_TYPE(type) QIP_CONTENT_TYPE(input_content_type_ptr, input_content_type_size, type)
#define QIP_OUTPUT_TYPE(type) \
  QIP_CONTENT_TYPE(output_content_type_ptr, output_content_type_size, type)
#define QIP_CONTENT_TYPE(ptr, length, type)                      \
  _Static_assert(sizeof(type) > 1 && sizeof(type) <= 256,        \
                 "qip: a content type has 1 to 255 characters"); \
  QIP_GETTER(ptr, const char *, type)                            \
  QIP_GETTER(length, uint32_t, sizeof(type) - 1)

#define QIP_UNIFORM_I32(key, value) QIP_UNIFORM(int32_t, key, value)
#define QIP_UNIFORM_U32(key, value) QIP_UNIFORM(uint32_t, key, value)
#define QIP_UNIFORM_I64(key, value) QIP_UNIFORM(int64_t, key, value)
#define QIP_UNIFORM_U64(key, value) QIP_UNIFORM(uint64_t, key, value)
#define QIP_UNIFORM_F32(key, value) QIP_UNIFORM(float, key, value)
#define QIP_UNIFORM_F64(key, value) QIP_UNIFORM(double, key, value)
#define QIP_UNIFORM(type, key, value) \
  static type key = (value);          \
  QIP_EXPORT(uniform_set_##key) void qip_set_##key(type qip_value) { key = qip_value; }

#define QIP_RENDER(f)                          \
  static void f(qip_input, qip_output_type *); \
  QIP_EXPORT(render) uint32_t qip_render(uint32_t size) { return qip_call(f, size); }

#define QIP_SCALAR(f)          \
  static int32_t f(qip_input); \
  QIP_EXPORT(render) int32_t qip_render(uint32_t size) { return f(qip_read(size)); }

#define QIP_TILE(f) QIP_FILTER(f, 0, 0)

#define QIP_TILE_WITH_HALO(f, max, halo)          \
  static uint32_t halo(void);                     \
  QIP_GETTER(calculate_halo_px, uint32_t, halo()) \
  QIP_FILTER(f, max, halo())

#define QIP_FILTER(f, max, halo_px)                                                   \
  _Static_assert((max) >= 0 && (max) <= 4000,                                         \
                 "qip: a halo is at most 4000 pixels, for the tile to fit in 1 GiB"); \
  enum { qip_max_span = QIP_TILE_SIDE + 2 * (max) };                                  \
  QIP_BUFFER qip_pixel qip_input_buffer[qip_max_span * qip_max_span];                 \
  QIP_GETTER(input_ptr, void *, qip_input_buffer)                                     \
  QIP_GETTER(input_bytes_cap, uint32_t, sizeof qip_input_buffer)                      \
  static void f(qip_tile *);                                                          \
  QIP_EXPORT(tile_rgba32float_64x64) void qip_render_tile(float x, float y) {         \
    uint32_t halo_now = (halo_px);                                                    \
    /* No host comes here with a larger one (IMG-4). */                               \
    if (halo_now > (max)) qip_trap();                                                 \
    qip_tile tile = {qip_input_buffer, QIP_TILE_SIDE + 2 * halo_now, halo_now, x, y}; \
    f(&tile);                                                                         \
  }

#define QIP_PICTURE_SIZE()                               \
  static float qip_picture_width, qip_picture_height;    \
  QIP_EXPORT(uniform_set_width_and_height)               \
  void qip_set_picture_size(float width, float height) { \
    qip_picture_width = width;                           \
    qip_picture_height = height;                         \
  }

/* A compiler makes calls of these out of assignments and loops, and there is no library to
 * take them from. They give way to any that is linked. */
#ifdef __wasm__
#ifdef __wasm_bulk_memory__
/* Each becomes one instruction. */
__attribute__((weak)) void *memcpy(void *to, const void *from, size_t size) {
  return __builtin_memcpy(to, from, size);
}
__attribute__((weak)) void *memmove(void *to, const void *from, size_t size) {
  return __builtin_memmove(to, from, size);
}
__attribute__((weak)) void *memset(void *to, int byte, size_t size) {
  return __builtin_memset(to, byte, size);
}
#else
/* Without `no_builtin` the loops would be taken for what they stand for, and call
 * themselves. */
__attribute__((weak, no_builtin)) void *memmove(void *to, const void *from, size_t size) {
  uint8_t *target = to;
  const uint8_t *source = from;
  if ((uintptr_t)to <= (uintptr_t)from) {
    for (size_t i = 0; i < size; i++) target[i] = source[i];
  } else {
    for (size_t i = size; i > 0; i--) target[i - 1] = source[i - 1];
  }
  return to;
}
__attribute__((weak, no_builtin)) void *memcpy(void *to, const void *from, size_t size) {
  return memmove(to, from, size);
}
__attribute__((weak, no_builtin)) void *memset(void *to, int byte, size_t size) {
  uint8_t *target = to;
  for (size_t i = 0; i < size; i++) target[i] = (uint8_t)byte;
  return to;
}
#endif
__attribute__((weak, no_builtin)) int memcmp(const void *a, const void *b, size_t size) {
  const uint8_t *first = a, *second = b;
  for (size_t i = 0; i < size; i++) {
    if (first[i] != second[i]) return first[i] < second[i] ? -1 : 1;
  }
  return 0;
}
#endif

#endif
