#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/adapt/adapt_spec.h"
#include "sim/adapt/network.h"

namespace aimc::adapt {

/// The state of an optimiser by names such as "mean/lm_head.weight"; fp32.
using OptimiserState = std::map<std::string, at::Tensor>;

/// AdamW (libtorch's) for all, or Muon for the matrices of the layers and AdamW for the rest. Gains of norms are not
/// decayed; ranges have a rate of their own.
class Optimiser {
 public:
  Optimiser(Network& network, const OptimiserSpec& spec, const RangeSpec& ranges);
  /// One step at this rate with the gradients that are there.
  void step(double rate);
  void clear_gradients();
  /// The gradients of all parameters, ranges included.
  [[nodiscard]] std::vector<at::Tensor> gradients() const;

  [[nodiscard]] OptimiserState state() const;
  /// Goes on from a saved state after so many steps.
  void restore(const OptimiserState& state, std::int64_t steps);

 private:
  struct Parameter {
    std::string name;
    at::Tensor value;
  };
  void step_muon(double rate);
  void step_ranges_in_proportion(const std::vector<at::Tensor>& before, double decay);

  OptimiserSpec spec_;
  RangeSpec range_spec_;
  std::vector<Parameter> matrices_, gains_, ranges_, orthogonal_;  ///< orthogonal_: those of Muon
  std::map<std::string, at::Tensor> momenta_;                      ///< of Muon
  std::unique_ptr<torch::optim::AdamW> adamw_;
};

}  // namespace aimc::adapt
