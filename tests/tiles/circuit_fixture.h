#pragma once
#include <cstring>
#include <memory>
#include <vector>

#include "tests/tiles/random_matrix.h"
#include "tiles/crossbar/analog_linear.h"

namespace aimc::tiles::test {

inline TileSpec circuit_spec(int input_bits = 8, int adc_bits = 8, double out_bound = 14) {
  TileSpec spec;
  spec.rows = spec.columns = 512;
  spec.input.bits = input_bits;
  spec.adc.bits = adc_bits;
  spec.adc.out_bound = out_bound;
  return spec;
}

inline AnalogLinearOptions circuit_options(Index in, Index rows, float range) {
  AnalogLinearOptions options;
  options.row_tiles = balanced_split(in, rows);
  options.input_ranges.assign(options.row_tiles.size(), range);
  return options;
}

inline Matrix forward(const Linear& linear, const Matrix& x, LinearCounts* counts = nullptr, VectorIds ids = {}) {
  Matrix y = Matrix::Constant(x.rows(), linear.out_features(), NAN);
  LinearCounts mine;
  linear.forward(x, y, counts != nullptr ? *counts : mine, ids);
  return y;
}

inline bool same_bits(const Matrix& a, const Matrix& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * 4) == 0;
}

/// Root mean square difference, relative to the root mean square of b.
inline double relative_error(const Matrix& a, const Matrix& b) {
  return (a - b).cast<double>().norm() / b.cast<double>().norm();
}

}  // namespace aimc::tiles::test
