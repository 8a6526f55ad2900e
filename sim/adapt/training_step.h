#pragma once
#include "sim/adapt/batches.h"
#include "sim/adapt/losses.h"
#include "sim/adapt/network.h"
#include "sim/adapt/optimiser.h"
#include "sim/adapt/shares.h"
#include "sim/adapt/workers.h"

namespace aimc::adapt {

/// What a step found.
struct StepReport {
  double loss = 0, distillation = 0, language_model = 0;  ///< means over the whole step
  double gradient_norm = 0;                               ///< before it was scaled down
  bool interrupted = false;                               ///< a stop was requested of one of the processes
  bool skipped = false;                                   ///< something was not finite: no parameter moved
};

/// The parts of a training step: gradients of all sequences, over all parts and processes; then one optimiser step.
class TrainingStep {
 public:
  /// The references must outlive it; teacher is null without distillation.
  TrainingStep(const AdaptSpec& spec, Network& student, Network* teacher, Optimiser& optimiser, Workers& workers,
               const at::Device& device);

  /// One optimiser step on a batch; `step` names its noise and dropout and gives the learning rate.
  StepReport run(const Batch& batch, std::int64_t step);
  /// Whether some ranges still follow their inputs (D.5).
  [[nodiscard]] bool ranges_are_young() const;
  /// Forward passes of the batch's parts by which young ranges follow their inputs (D.5); nothing else moves.
  void settle_ranges(const Batch& batch);
  /// The losses without noise and dropout, the converters as in training; processes share the batches.
  StepReport evaluate(const std::vector<Batch>& batches);

 private:
  [[nodiscard]] std::vector<Share> shares_of_step(const Batch& batch) const;
  /// Times that each part is computed in a step.
  [[nodiscard]] int passes() const { return spec_.analog.antithetic && spec_.analog.weight_noise > 0 ? 2 : 1; }
  [[nodiscard]] at::Tensor expected(const Batch& batch);
  Losses forward(const Batch& batch, const at::Tensor& expected, const PassOptions& options,
                 const LossOptions& of_step);
  void run_share(const Share& share, std::int64_t step, const LossOptions& of_step, StepReport& report);
  void follow(const Share& share);
  void reduce(StepReport& report);
  void decay_ranges();
  [[nodiscard]] double scale_gradients();

  const AdaptSpec& spec_;
  Network& student_;
  Network* teacher_;
  Optimiser& optimiser_;
  Workers& workers_;
  at::Device device_;
};

}  // namespace aimc::adapt
