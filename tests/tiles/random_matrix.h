#pragma once
#include <cstdint>
#include <random>

#include "base/tensor/matrix.h"

namespace aimc::testing {

/// Gaussian entries from the standard library's generator, so that tests do not lean on base/random.
inline Matrix gaussian(Index rows, Index columns, std::uint32_t seed, float sigma = 1.0F) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0F, sigma);
  Matrix matrix(rows, columns);
  for (Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = normal(generator);
  return matrix;
}

}  // namespace aimc::testing
