// A vector of floats as wide as the widest registers; narrower processors take it in pieces.
#pragma once

#include <cstdint>

constexpr int64_t lanes = 16;
typedef float Lanes __attribute__((vector_size(lanes * sizeof(float)), aligned(alignof(float))));
