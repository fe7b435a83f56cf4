// A vector of floats as wide as the widest registers; narrower processors take it in pieces.
#pragma once

#include <cstdint>

constexpr int64_t lanes = 16;
typedef float Lanes __attribute__((vector_size(lanes * sizeof(float))));
/// The same as it stands in memory, at any float.
typedef float StoredLanes
    __attribute__((vector_size(lanes * sizeof(float)), aligned(alignof(float))));
