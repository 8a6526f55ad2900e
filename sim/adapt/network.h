#pragma once
#include <map>
#include <vector>

#include "sim/adapt/initial_ranges.h"
#include "sim/adapt/linear_plan.h"
#include "sim/adapt/operators.h"
#include "sim/adapt/parameters.h"

namespace aimc::adapt {

/// What one pass through a network does besides computing.
struct PassOptions {
  double noise_share = 0;        ///< of the training noise on the weights (A.5): 1; -1: the same draw, mirrored
  RandomKey noise{0};            ///< of this step and part; each linear's noise is its child by name
  double dropout = 0;            ///< share of the branches' values that is dropped
  std::int64_t first_token = 0;  ///< number of the batch's first token in the whole step
  bool recompute = false;        ///< keep only the layers' inputs and compute the rest again going backwards
  bool initialise = false;       ///< ranges follow their inputs while they are young (D.5)
  bool own_inputs = true;        ///< false: this process has no sequences here and only joins the sums of the others
};

/// Plays a Graph with libtorch so that gradients can flow back: the trainer's counterpart of the functional executor.
class Network {
 public:
  /// The graph must outlive the network. ranges: how those of the plan begin (D.5).
  Network(const workloads::Graph& graph, Parameters parameters, LinearPlan plan, const RangeSpec& ranges = {});

  /// Logits [tokens, vocabulary] of ids [sequences, length] (int64).
  at::Tensor logits(const at::Tensor& ids, const PassOptions& options);

  Parameters& parameters() { return parameters_; }
  LinearPlan& plan() { return plan_; }
  [[nodiscard]] const workloads::Graph& graph() const { return graph_; }
  /// How statistics are added over processes; without it there is one.
  void set_reduce(Reduce reduce) { reduce_ = std::move(reduce); }

 private:
  struct Pass;
  void compute(const workloads::Node& node, Pass& pass);
  at::Tensor linear(const workloads::Node& node, const at::Tensor& x, Pass& pass);
  at::Tensor branch(at::Tensor x, const workloads::Node& node, const Pass& pass) const;
  void run(std::size_t first, std::size_t last, Pass& pass);
  void run_again_backwards(std::size_t first, std::size_t last, Pass& pass);

  const workloads::Graph& graph_;
  Parameters parameters_;
  LinearPlan plan_;
  RangeSpec ranges_;
  at::ScalarType type_;  ///< of the products
  Reduce reduce_;
  RopeTable rope_;
};

}  // namespace aimc::adapt
