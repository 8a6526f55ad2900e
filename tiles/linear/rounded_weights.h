#pragma once
#include "tiles/linear/weight_rows.h"

namespace aimc::tiles {

/// Rounds one channel [count] to the codes of numerics A.6 (round to nearest, scale = maximum / largest code), in
/// place, and returns that scale: code times scale is the rounded weight. bits: 2 to 8.
float round_channel(float* channel, Index count, int bits);

/// Weights rounded to `bits` when they are read, in the units of the model (code times scale): what a low-precision
/// checkpoint holds when it is programmed into cells.
class RoundedWeights final : public WeightRows {
 public:
  /// weights must outlive this.
  RoundedWeights(const WeightRows& weights, int bits) : weights_(weights), bits_(bits) {}
  [[nodiscard]] Index rows() const override { return weights_.rows(); }
  [[nodiscard]] Index cols() const override { return weights_.cols(); }
  void read(Index first, MatrixSpan to) const override;

 private:
  const WeightRows& weights_;
  int bits_;
};

}  // namespace aimc::tiles
