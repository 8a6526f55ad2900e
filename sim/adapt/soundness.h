#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "sim/adapt/checkpoint.h"

namespace aimc::adapt {

/// Whether a loss is that of weights which training has broken: not finite, or worse than the best of the run by more
/// than 1 and either four times as large or, of a run that did better than `guessing`, ln(vocabulary), more than half
/// way back to that. Losses are those of training, in nats per token where loss.temperature is 1.
[[nodiscard]] bool is_broken(double loss, double best, double guessing);

/// Follows whether the weights of a run are fit to be saved, by their losses.
class Soundness {
 public:
  /// progress holds the best loss and must outlive it.
  Soundness(Progress& progress, std::int64_t vocabulary);
  /// The run goes on from a checkpoint, of which progress now is.
  void go_on() { saved_ = progress_.step; }
  /// A training step's loss. The first of a run, before any weight has moved, is what others are compared with.
  void see_step(double loss);
  /// Why weights with these losses are not to be saved; empty when they are.
  [[nodiscard]] std::string fault(double of_the_weights, double of_their_average) const;
  /// They are saved at the present step.
  void saved(double loss);
  /// They are not. Throws InputError, with the way out, when that was so three times in a row.
  void not_saved(const std::string& fault);
  /// What to do about a run that diverges.
  [[nodiscard]] std::string way_out() const;
  /// "step 500", which the same command goes on from; "the beginning".
  [[nodiscard]] std::string last_saved() const;

 private:
  Progress& progress_;
  double guessing_;
  std::optional<std::int64_t> saved_;
  int faults_in_a_row_ = 0;
};

}  // namespace aimc::adapt
