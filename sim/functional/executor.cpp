#include "sim/functional/executor.h"

#include <variant>

#include "base/check/check.h"
#include "sim/functional/forward_pass.h"

namespace aimc::sim {

using workloads::AttentionOp;
using workloads::LinearOp;

void Sequence::truncate(Index new_length) {
  AIMC_CHECK(new_length >= 0 && new_length <= length, "a sequence of {} tokens cannot be cut to {}", length,
             new_length);
  for (auto& layer : layers) layer.truncate(new_length);
  length = new_length;
}

FunctionalExecutor::FunctionalExecutor(const Program& program, const SharedTensors& shared, const LinearSet& linears,
                                       int kv_bits)
    : program_(program), shared_(shared), linears_(linears), kv_bits_(kv_bits), plan_(plan_pass(program.graph)) {
  for (const auto& node : program.graph.nodes) {
    const auto* linear = std::get_if<LinearOp>(&node.op);
    if (linear == nullptr) continue;
    const auto found = linears.find(node.id);
    AIMC_CHECK(found != linears.end(), "no linear for {}", node.name);
    AIMC_CHECK(
        found->second->in_features() == linear->in_features && found->second->out_features() == linear->out_features,
        "{} is {} x {} in the graph but {} x {} as built", node.name, linear->out_features, linear->in_features,
        found->second->out_features(), found->second->in_features());
  }
}

Sequence FunctionalExecutor::new_sequence(Index capacity, std::uint64_t stream) const {
  Sequence sequence;
  sequence.capacity = capacity;
  sequence.stream = stream;
  for (const auto& node : program_.graph.nodes) {
    const auto* attention = std::get_if<AttentionOp>(&node.op);
    if (attention == nullptr) continue;
    AIMC_CHECK(attention->layer == sequence.layers.size(), "{} is out of layer order", node.name);
    sequence.layers.emplace_back(capacity, attention->kv_heads, attention->head_dim, kv_bits_);
  }
  return sequence;
}

Matrix FunctionalExecutor::forward(std::span<const TokenId> tokens, Sequence& sequence, LogitsFor which, Counts* counts,
                                   Phase phase, const InputObserver* observer) const {
  const Segment segment{.tokens = tokens, .sequence = &sequence};
  return forward({&segment, 1}, which, {.counts = counts, .phase = phase, .observer = observer});
}

Matrix FunctionalExecutor::forward(std::span<const Segment> segments, LogitsFor which, const PassRecord& record) const {
  AIMC_CHECK(!segments.empty(), "a pass without sequences");
  for (const auto& segment : segments) {
    AIMC_CHECK(!segment.tokens.empty(), "a pass without tokens");
    AIMC_CHECK(segment.sequence->length + static_cast<Index>(segment.tokens.size()) <= segment.sequence->capacity,
               "{} tokens do not fit a sequence of {} with room for {}", segment.tokens.size(),
               segment.sequence->length, segment.sequence->capacity);
  }
  const PassContext context{
      .program = program_, .plan = plan_, .shared = shared_, .linears = linears_, .kv_bits = kv_bits_};
  ForwardPass pass(context, segments, which, record);
  Matrix logits = pass.run();
  const std::scoped_lock lock(activity_mutex_);
  activity_ += pass.activity();
  return logits;
}

tiles::LinearCounts FunctionalExecutor::activity() const {
  const std::scoped_lock lock(activity_mutex_);
  return activity_;
}

}  // namespace aimc::sim
