#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/counts/counts.h"
#include "base/tensor/matrix.h"
#include "sim/functional/shared_tensors.h"
#include "sim/program/program.h"
#include "tiles/digital/operators.h"
#include "tiles/linear/linear.h"
#include "workloads/text/tokenizer.h"

namespace aimc::sim {

using workloads::TokenId;

/// The linears of one deployment and noise seed, by node id.
using LinearSet = std::map<NodeId, std::shared_ptr<const tiles::Linear>>;

/// The state of one sequence: the KV cache of every layer and the number of tokens seen.
struct Sequence {
  std::vector<tiles::KvCache> layers;
  Index length = 0;
  Index capacity = 0;
  std::uint64_t stream = 0;  ///< names the sequence: noise drawn at every MVM is a function of it and the position
  /// Forgets all tokens from new_length on.
  void truncate(Index new_length);
};

/// Tokens that a pass appends to one sequence.
struct Segment {
  std::span<const TokenId> tokens;
  Sequence* sequence = nullptr;
};

/// Which tokens of a pass need logits.
enum class LogitsFor : std::uint8_t {
  every_token,
  last_token  ///< of each segment; final norm and head run for it alone, as Occurrence::sampled_token says
};

/// Sees the input of every linear before it is multiplied (range calibration).
using InputObserver = std::function<void(NodeId linear, MatrixView input)>;

/// What a pass reports besides its logits.
struct PassRecord {
  Counts* counts = nullptr;  ///< receives what the pass did, in the ledger's terms
  Phase phase = Phase::prefill;
  const InputObserver* observer = nullptr;
};

/// What the executor derives from a graph once: when a value is last read and which nodes run for sampled tokens only.
struct PassPlan {
  std::vector<NodeId> last_reader;  ///< [nodes] the last node that reads a node's output; the node itself if none
  std::vector<bool> sampled_only;   ///< [nodes] needed for the logits of a token but for no later token
  NodeId logits = 0;                ///< the node whose output the sampler reads
};
[[nodiscard]] PassPlan plan_pass(const workloads::Graph& graph);

/// Plays a Program with numbers: one forward pass for all deployments, with another LinearSet. const and thread-safe; a
/// token's logits have the same bits whatever else is computed.
class FunctionalExecutor {
 public:
  /// The references must outlive the executor. kv_bits: 32 for deployments without hardware, else the hardware's.
  FunctionalExecutor(const Program& program, const SharedTensors& shared, const LinearSet& linears, int kv_bits);

  [[nodiscard]] std::int64_t vocabulary() const { return program_.graph.vocabulary; }
  /// The largest number of positions of the model.
  [[nodiscard]] std::int64_t context() const { return program_.graph.context; }
  /// What all linears have done in all passes until now, clipped conversions and retries among it.
  [[nodiscard]] tiles::LinearCounts activity() const;
  [[nodiscard]] Sequence new_sequence(Index capacity, std::uint64_t stream = 0) const;

  /// Appends tokens to the sequence; logits [tokens or 1, vocabulary]. Counts (optional) receive what the pass did, in
  /// the ledger's terms, under `phase` (chip is 0: numbers have no place; compare after summing chips). Throws
  /// InputError for an id outside the vocabulary.
  Matrix forward(std::span<const TokenId> tokens, Sequence& sequence, LogitsFor which, Counts* counts = nullptr,
                 Phase phase = Phase::prefill, const InputObserver* observer = nullptr) const;

  /// The same for several sequences at once, which must be different ones: their tokens share the matrix products.
  /// Logits [all tokens or segments, vocabulary] in the order of the segments.
  Matrix forward(std::span<const Segment> segments, LogitsFor which, const PassRecord& record = {}) const;

 private:
  const Program& program_;
  const SharedTensors& shared_;
  const LinearSet& linears_;
  int kv_bits_;
  PassPlan plan_;
  mutable std::mutex activity_mutex_;
  mutable tiles::LinearCounts activity_;  ///< sums of integers: the same whatever the order of passes
};

}  // namespace aimc::sim
