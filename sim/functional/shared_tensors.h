#pragma once
#include <map>
#include <vector>

#include "base/tensor/matrix.h"
#include "workloads/graph/graph.h"
#include "workloads/model/weights.h"

namespace aimc::sim {

/// What does not depend on deployment or seed: embedding table [vocabulary, hidden] and norm gains [hidden] by node.
struct SharedTensors {
  Matrix embedding;
  std::map<workloads::NodeId, std::vector<float>> gains;
};

/// Reads them under the names of the graph's nodes + ".weight". Throws InputError.
SharedTensors read_shared_tensors(const workloads::Graph& graph, const workloads::WeightSource& weights);

}  // namespace aimc::sim
