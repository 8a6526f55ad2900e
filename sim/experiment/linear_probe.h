#pragma once
#include <span>

#include "sim/evaluate/accuracy.h"
#include "sim/experiment/loaded_model.h"

namespace aimc::sim {

/// The text a probe reads, and the part of it whose inputs it keeps: those of [first, first + count).
struct ProbedText {
  std::span<const TokenId> tokens;
  Index first = 0, count = 0;
};

/// One linear of a deployment on the inputs that the floating-point network gives it.
class LinearProbe {
 public:
  /// The plan's program and the model must outlive it.
  LinearProbe(const DeploymentPlan& plan, const LoadedModel& loaded, NodeId linear, const ProbedText& text,
              std::uint64_t seed);

  [[nodiscard]] const Matrix& inputs() const { return inputs_; }    ///< [count, in]
  [[nodiscard]] const Matrix& weights() const { return weights_; }  ///< targets [out, in]
  /// Weights as the cells hold them, [out, in].
  [[nodiscard]] Matrix held() const;
  /// Power of the reference's outputs: the sum of their squares.
  [[nodiscard]] double signal() const;
  /// Power of the error of the linear built with these effects.
  [[nodiscard]] double error(tiles::Effects effects) const;

 private:
  const DeploymentPlan& plan_;
  const LoadedModel& loaded_;
  Program alone_;  ///< the program with this linear only
  std::uint64_t noise_;
  Index first_;
  Matrix weights_, inputs_, reference_;
};

}  // namespace aimc::sim
