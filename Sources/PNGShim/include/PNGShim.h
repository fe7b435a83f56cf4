// libpng's classic interface behind plain functions: its long jumps stay on this side.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PNG_SHIM_MESSAGE_BYTES 200

// Decodes the PNG file `file` into `samples`: rows from the top, channels interleaved, 8-bit, or
// 16-bit in the byte order of the machine. Palettes and fewer than 8 bits are widened to 8 bits,
// alpha is dropped, no gamma or colour correction is applied. `sampleBytes` must be exactly
// width * height * channels (1 grey, 3 colour) * bytes of a sample; `width` and `height` are
// also the largest accepted. Sets `hadAlpha` if the file has alpha or a transparent colour.
// Returns 0, or -1 with a message.
int png_shim_decode(const uint8_t *file, size_t fileBytes, uint32_t width, uint32_t height,
                    uint8_t *samples, size_t sampleBytes, int *hadAlpha,
                    char message[PNG_SHIM_MESSAGE_BYTES]);

// Encodes 8-bit pixels, rows from the top, `channels` 1 (grey) or 3 (RGB) interleaved. The same
// arguments give the same bytes. Returns 0 and a buffer to be released with png_shim_release, or
// -1 with a message.
int png_shim_encode(uint32_t width, uint32_t height, int channels, const uint8_t *pixels,
                    uint8_t **file, size_t *fileBytes, char message[PNG_SHIM_MESSAGE_BYTES]);

void png_shim_release(uint8_t *file);
