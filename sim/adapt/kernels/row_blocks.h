#pragma once
#include <algorithm>
#include <cstdint>

#include "base/parallel/parallel.h"
#include "base/tensor/matrix.h"

namespace aimc::adapt {

/// A matrix whose rows lie `stride` apart.
template <class T>
struct Rows {
  T* data = nullptr;
  Index rows = 0, columns = 0, stride = 0;
  [[nodiscard]] T* row(Index r) const { return data + r * stride; }
};

/// Rows that one task works on; fixed, so that sums over blocks have the same bits on any number of threads.
inline constexpr Index rows_per_block = 64;

[[nodiscard]] inline Index blocks_of(Index rows) { return (rows + rows_per_block - 1) / rows_per_block; }

/// Calls body(block, first row, rows of it) for each block of rows, in parallel. An interrupt waits: a training step
/// is taken whole, then saved.
template <class Body>
void for_each_block(Index rows, const Body& body) {
  const auto run = [&](std::int64_t block) {
    const Index first = block * rows_per_block;
    body(block, first, std::min(rows_per_block, rows - first));
  };
  parallel_for(blocks_of(rows), run, OnInterrupt::finish);
}

}  // namespace aimc::adapt
