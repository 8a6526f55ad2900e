#pragma once
#include "tiles/crossbar/programming.h"

namespace aimc::tiles {

/// Clean weights seen through cells: each read programs what it reads, in the units of the model, per channel and row
/// tile. What w16-hwnoise multiplies.
class ProgrammedRows final : public WeightRows {
 public:
  /// weights and device must outlive this.
  ProgrammedRows(const WeightRows& weights, const std::vector<Index>& row_tiles, const Device& device,
                 const RandomKey& key, double seconds = 0);
  [[nodiscard]] Index rows() const override { return weights_.rows(); }
  [[nodiscard]] Index cols() const override { return weights_.cols(); }
  void read(Index first, MatrixSpan to) const override;

 private:
  const WeightRows& weights_;
  Programming programming_;
  double seconds_;
};

}  // namespace aimc::tiles
