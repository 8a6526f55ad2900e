#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/tensor/matrix.h"
#include "workloads/graph/graph.h"
#include "workloads/model/weights.h"

namespace aimc::sim {

/// The embedding table [vocabulary, hidden]: a row is read from the checkpoint when a token asks for it, so that the
/// table is never in memory twice. The source must outlive it.
class EmbeddingTable {
 public:
  EmbeddingTable() = default;
  EmbeddingTable(const workloads::WeightSource& source, std::string name, workloads::TensorShape shape)
      : source_(&source), name_(std::move(name)), shape_(shape) {}
  /// The row of a token into to [hidden]. Throws InputError when it holds a value that is not finite.
  void read(Index token, const MatrixSpan& to) const { source_->read_rows(name_, shape_, token, to); }

 private:
  const workloads::WeightSource* source_ = nullptr;
  std::string name_;
  workloads::TensorShape shape_;
};

/// What does not depend on deployment or seed: embedding table and norm gains [hidden] by node.
struct SharedTensors {
  EmbeddingTable embedding;
  std::map<workloads::NodeId, std::vector<float>> gains;
};

/// Under the names of the graph's nodes + ".weight"; the gains are read, the table is not. Throws InputError.
SharedTensors read_shared_tensors(const workloads::Graph& graph, const workloads::WeightSource& weights);

}  // namespace aimc::sim
