#pragma once
#include <vector>

#include "base/random/stream.h"
#include "tiles/spec/effects.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::tiles {

/// The DAC side of an array: a vector becomes codes, and codes become what each pass drives. Everything is in units of
/// one step of the pulse, so that the code of a full-scale input is largest_code(input.bits).
class RowDrivers {
 public:
  RowDrivers(const TileSpec& spec, const Effects& effects);

  [[nodiscard]] const std::vector<InputPass>& passes() const { return passes_; }
  /// Whether all drives are integers no larger than the full scale of their pass.
  [[nodiscard]] bool exact() const;
  /// Largest full scale of a pass.
  [[nodiscard]] int full_scale() const;

  /// codes [rows] = x times largest code / range, rounded and clipped as the effects say; a range of zero or less gives
  /// zeros. Returns how many inputs lie beyond the range.
  std::int64_t encode(const float* x, Index rows, float range, float* codes) const;

  /// What pass number `pass` drives of the codes: its part of them, with noise and asymmetry. Noise is numbers pass x
  /// rows + row of the key, which names the MVM; the positive and the negative pass of an MVM share the numbers of pass
  /// 0, since they are parts of one prepared input (numerics A.7).
  void drive(std::size_t pass, const float* codes, Index rows, const RandomKey& key, float* drives) const;

 private:
  void disturb(const InputPass& pass, std::uint64_t first, Index rows, const RandomKey& key, float* drives) const;

  std::vector<InputPass> passes_;
  int bits_;
  bool rounds_, clips_;
  double noise_;      ///< in full-scale inputs
  double asymmetry_;  ///< negative drives x (1 - this)
};

}  // namespace aimc::tiles
