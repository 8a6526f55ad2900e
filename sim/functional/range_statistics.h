#pragma once
#include <cstdint>
#include <vector>

#include "sim/functional/calibrate.h"

namespace aimc::sim {

/// The largest of many values: enough of them to tell a high quantile exactly in little memory.
class UpperTail {
 public:
  /// quantile in [0, 1]; at most `values` values will be added.
  UpperTail(double quantile, std::int64_t values);
  void add(float value);
  /// Adds what another tail has seen.
  void append(const UpperTail& other);
  [[nodiscard]] std::int64_t seen() const { return seen_; }
  /// The quantile, linearly interpolated between order statistics (as torch.quantile); needs one value at least.
  [[nodiscard]] float quantile() const;

 private:
  void keep_largest();
  double quantile_;
  std::size_t capacity_;
  std::int64_t seen_ = 0;
  std::vector<float> largest_;  ///< at least the capacity_ largest values seen
};

/// What one row tile of one linear saw of the calibration text, and the input range that follows (numerics A.4).
class RangeStatistics {
 public:
  /// At most `tokens` tokens of `rows` values each will be chosen for the quantile.
  RangeStatistics(const CalibrationOptions& options, Index tokens, Index rows);
  /// The inputs of one sequence, [tokens, rows of the tile]; all-zero tokens are dropped, and only chosen tokens
  /// [tokens] enter the quantile.
  void add(MatrixView inputs, const std::vector<bool>& chosen);
  /// Adds what another one saw after this one.
  void append(const RangeStatistics& later);
  /// The range; 1 when the tile saw nothing but zeros (any range then gives code 0).
  [[nodiscard]] float range() const;

 private:
  CalibrationOptions options_;
  float maximum_ = 0;
  UpperTail tail_;
  std::vector<double> of_sequences_;  ///< one per sequence: its standard deviation or its quantile
};

}  // namespace aimc::sim
