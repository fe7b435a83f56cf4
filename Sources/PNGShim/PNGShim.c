#include "PNGShim.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

// MARK: - Errors

static void fail(png_structp png, png_const_charp text) {
  char *message = png_get_error_ptr(png);
  strncpy(message, text, PNG_SHIM_MESSAGE_BYTES - 1);
  message[PNG_SHIM_MESSAGE_BYTES - 1] = 0;
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

// MARK: - Reading

typedef struct {
  const uint8_t *bytes;
  size_t remaining;
} Source;

static void pull(png_structp png, png_bytep target, size_t count) {
  Source *source = png_get_io_ptr(png);
  if (count > source->remaining) png_error(png, "the file ends too early");
  memcpy(target, source->bytes, count);
  source->bytes += count;
  source->remaining -= count;
}

static void limit(png_structp png, uint32_t width, uint32_t height) {
  png_set_user_limits(png, width, height);
  png_set_chunk_cache_max(png, 16);
  png_set_chunk_malloc_max(png, 1 << 20);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
}

static void ask_for_plain_samples(png_structp png, png_infop info) {
  png_byte kind = png_get_color_type(png, info);
  if (kind == PNG_COLOR_TYPE_PALETTE) png_set_packing(png);
  if (kind == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8)
    png_set_expand_gray_1_2_4_to_8(png);
  const uint16_t probe = 1;
  if (png_get_bit_depth(png, info) == 16 && *(const uint8_t *)&probe == 1) png_set_swap(png);
  png_set_strip_alpha(png);
}

// Colours in place of indices, which are the last third of the row: each is read before it is
// written over. libpng's own way takes indices beyond the palette for black without a word.
static void look_up_colors(png_structp png, png_infop info, uint8_t *row, size_t width) {
  png_colorp palette = NULL;
  int colors = 0;
  png_get_PLTE(png, info, &palette, &colors);
  for (size_t x = 0; x < width; x++) {
    int index = row[2 * width + x];
    if (index >= colors) png_error(png, "a pixel has a colour that is not in the palette");
    row[3 * x] = palette[index].red;
    row[3 * x + 1] = palette[index].green;
    row[3 * x + 2] = palette[index].blue;
  }
}

static void read_rows(png_structp png, png_infop info, uint8_t *samples, size_t sampleBytes) {
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  int hasPalette = png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE;
  size_t width = png_get_image_width(png, info);
  size_t stride = hasPalette ? 3 * width : png_get_rowbytes(png, info);
  uint32_t height = png_get_image_height(png, info);
  if (height == 0 || stride != sampleBytes / height || stride * height != sampleBytes)
    png_error(png, "the header and the content disagree about the size");
  size_t start = hasPalette ? 2 * width : 0;
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t row = 0; row < height; row++)
      png_read_row(png, samples + row * stride + start, NULL);
  for (uint32_t row = 0; hasPalette && row < height; row++)
    look_up_colors(png, info, samples + row * stride, width);
}

int png_shim_decode(const uint8_t *file, size_t fileBytes, uint32_t width, uint32_t height,
                    uint8_t *samples, size_t sampleBytes, int *hadAlpha,
                    char message[PNG_SHIM_MESSAGE_BYTES]) {
  Source source = {file, fileBytes};
  strcpy(message, "out of memory");
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return -1;
  }
  png_set_read_fn(png, &source, pull);
  limit(png, width, height);
  png_read_info(png, info);
  *hadAlpha = (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0 ||
              png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  ask_for_plain_samples(png, info);
  read_rows(png, info, samples, sampleBytes);
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

// MARK: - Writing

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} Sink;

static void push(png_structp png, png_bytep bytes, size_t count) {
  Sink *sink = png_get_io_ptr(png);
  if (count > sink->capacity - sink->count) {
    size_t capacity = 2 * sink->capacity + count;
    uint8_t *grown = realloc(sink->bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    sink->bytes = grown;
    sink->capacity = capacity;
  }
  memcpy(sink->bytes + sink->count, bytes, count);
  sink->count += count;
}

static void flush(png_structp png) { (void)png; }

static void write_image(png_structp png, png_infop info, uint32_t width, uint32_t height,
                        int channels, const uint8_t *pixels) {
  int kind = channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY;
  png_set_user_limits(png, width, height);
  png_set_IHDR(png, info, width, height, 8, kind, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
               PNG_FILTER_TYPE_BASE);
  png_set_compression_level(png, 6);
  // Rows of enlarged pixels and of text are those above them. Trying all filters would take twice as long.
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
  png_write_info(png, info);
  for (uint32_t row = 0; row < height; row++)
    png_write_row(png, pixels + (size_t)row * width * channels);
  png_write_end(png, info);
}

int png_shim_encode(uint32_t width, uint32_t height, int channels, const uint8_t *pixels,
                    uint8_t **file, size_t *fileBytes, char message[PNG_SHIM_MESSAGE_BYTES]) {
  Sink sink = {NULL, 0, 0};
  Sink *volatile kept = &sink;
  strcpy(message, "out of memory");
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(kept->bytes);
    return -1;
  }
  png_set_write_fn(png, &sink, push, flush);
  write_image(png, info, width, height, channels, pixels);
  png_destroy_write_struct(&png, &info);
  *file = sink.bytes;
  *fileBytes = sink.count;
  return 0;
}

void png_shim_release(uint8_t *file) { free(file); }
