#pragma once
#include <vector>

#include "sim/adapt/network.h"
#include "sim/adapt/tensor_files.h"

namespace aimc::adapt {

/// The exponential moving average of a network's weights and ranges over its steps: what is evaluated and written in
/// place of the last step's values, whose gradients are noisy (Polyak and Juditsky, 1992). While the run is young the
/// average is over fewer steps: the decay of step n is at most (1 + n) / (10 + n).
class WeightAverage {
 public:
  /// decay 0: no average, the last values are what counts. The network must outlive it.
  WeightAverage(Network& network, double decay);
  [[nodiscard]] bool active() const { return decay_ > 0; }
  /// Takes in the values after step number `step`, counted from 0.
  void follow(std::int64_t step);
  /// The averages are the values as they are.
  void begin();
  /// Exchanges the network's values and the averages.
  void exchange();
  /// The averages by name, empty without any.
  [[nodiscard]] const NamedTensors& values() const { return averages_; }

 private:
  double decay_;
  NamedTensors current_;  ///< the network's own tensors
  NamedTensors averages_;
};

/// While it lives, the network holds the averages.
class AveragedWeights {
 public:
  explicit AveragedWeights(WeightAverage& average) : average_(average) { average_.exchange(); }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;
  ~AveragedWeights() { average_.exchange(); }

 private:
  WeightAverage& average_;
};

}  // namespace aimc::adapt
