#pragma once
#include <map>
#include <string>
#include <vector>

#include "sim/adapt/adapt_spec.h"
#include "sim/adapt/analog_linear.h"
#include "workloads/graph/graph.h"

namespace aimc::adapt {

/// Linears that share one DAC encoding of one vector (hardware: input.sharing), and so its learned ranges.
struct RangeGroup {
  std::vector<std::string> linears;  ///< names, in graph order
  std::vector<RowTile> tiles;
  bool gives_logits = false;       ///< the model's last linear: its errors count by what they do to probabilities
  at::Tensor range;                ///< [row tiles] fp32, learned; starts at 3 (numerics A.4, init_value)
  std::int64_t forwards_seen = 0;  ///< k of D.5
  InsideCounts counts;             ///< of the current step
};

/// How every linear of a student computes.
struct LinearPlan {
  struct Linear {
    LinearNumerics numerics;
    std::size_t group = 0;  ///< of the ranges; meaningless without a DAC
    bool clipped = false;   ///< its weights are clipped after each step (D.4)
  };
  std::map<workloads::NodeId, Linear> linears;
  std::vector<RangeGroup> groups;
};

/// The plan of an adaptation: hardware gives rows, bits, out_bound and sharing; analog says what acts.
LinearPlan plan_linears(const workloads::Graph& graph, const AdaptSpec& spec, const at::Device& device);

/// Plain floating-point products: the teacher, and a student that is no analog one.
LinearPlan plain_linears(const workloads::Graph& graph, Precision precision);

}  // namespace aimc::adapt
