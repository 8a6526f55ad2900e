#pragma once
#include "base/random/stream.h"
#include "sim/adapt/adapt_spec.h"
#include "sim/adapt/linear_plan.h"
#include "sim/adapt/network.h"
#include "sim/adapt/parameters.h"
#include "workloads/model/model.h"

namespace aimc::adapt::test {

/// A tiny Llama with drawn weights, all analog.
struct TinyAnalog {
  workloads::ModelConfig config;
  workloads::Model model;
  AdaptSpec spec;

  TinyAnalog() {
    config.name = "tiny";
    config.hidden = 24;
    config.intermediate = 40;
    config.layers = 3;
    config.heads = 3;
    config.kv_heads = 1;
    config.head_dim = 8;
    config.vocabulary = 30;
    config.context = 16;
    config.tied_head = true;
    model.config = config;
    model.graph = workloads::build_graph(config);
    spec.precision = Precision::fp32;
    spec.hardware.emplace();
    spec.hardware->tile.rows = 16;  // two row tiles for 24 inputs, three for 40
    spec.ranges.initial_forwards = 1;
  }
  [[nodiscard]] Network network() const {
    Network made(model.graph, Parameters::drawn(model, 0.3, RandomKey(3), at::kCPU),
                 plan_linears(model.graph, spec, at::kCPU), spec.ranges);
    made.parameters().require_gradients();
    for (RangeGroup& group : made.plan().groups) group.range.requires_grad_(true);
    return made;
  }
};

/// Tokens [sequences, length] of its vocabulary.
inline at::Tensor some_ids(std::int64_t sequences, std::int64_t length) {
  return (at::arange(sequences * length, at::kLong) * 7 % 30).reshape({sequences, length});
}

}  // namespace aimc::adapt::test
