#pragma once
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "base/counts/counts.h"
#include "base/tensor/matrix.h"
#include "sim/program/program.h"
#include "tiles/digital/operators.h"
#include "tiles/linear/linear.h"
#include "workloads/model/weights.h"
#include "workloads/text/tokenizer.h"

namespace aimc::sim {

using workloads::TokenId;

/// The linears of one deployment and noise seed, by node id.
using LinearSet = std::map<NodeId, std::shared_ptr<const tiles::Linear>>;

/// What does not depend on deployment or seed: embedding table [vocabulary, hidden] and norm gains.
struct SharedTensors {
  Matrix embedding;
  std::map<NodeId, std::vector<float>> gains;
};
SharedTensors read_shared_tensors(const workloads::Graph& graph, const workloads::WeightSource& weights);

/// The state of one sequence: the KV cache of every layer and the number of tokens seen.
struct Sequence {
  std::vector<tiles::KvCache> layers;
  Index length = 0;
  void truncate(Index new_length);
};

/// Which tokens of a pass need logits.
enum class LogitsFor : std::uint8_t { every_token, last_token };

/// Sees the input of every linear before it is multiplied (range calibration).
using InputObserver = std::function<void(NodeId linear, MatrixView input)>;

/// Plays a Program with numbers: one forward pass for all deployments, with another LinearSet. const and thread-safe; a
/// token's logits have the same bits whatever else is computed.
class FunctionalExecutor {
 public:
  /// The references must outlive the executor. kv_bits: 32 for deployments without hardware, else the hardware's.
  FunctionalExecutor(const Program& program, const SharedTensors& shared, const LinearSet& linears, int kv_bits);

  [[nodiscard]] Sequence new_sequence(Index capacity) const;
  /// Appends tokens to the sequence; logits [tokens or 1, vocabulary]. Counts (optional) receive what the pass did, in
  /// the ledger's terms, under `phase` (chip is 0: numbers have no place; compare after summing chips).
  Matrix forward(std::span<const TokenId> tokens, Sequence& sequence, LogitsFor which, Counts* counts = nullptr,
                 Phase phase = Phase::prefill, const InputObserver* observer = nullptr) const;

 private:
  const Program& program_;
  const SharedTensors& shared_;
  const LinearSet& linears_;
  int kv_bits_;
};

}  // namespace aimc::sim
