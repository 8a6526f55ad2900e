#include "sim/functional/forward_pass.h"

#include <algorithm>
#include <variant>

#include "base/check/check.h"

namespace aimc::sim {

using workloads::AddOp;
using workloads::AttentionOp;
using workloads::EmbedOp;
using workloads::LinearOp;
using workloads::Node;
using workloads::Operand;
using workloads::RmsNormOp;
using workloads::RopeLayout;
using workloads::RopeOp;
using workloads::SwigluOp;

ForwardPass::ForwardPass(const PassContext& context, std::span<const Segment> segments, LogitsFor which,
                         const PassRecord& record)
    : context_(context), segments_(segments), which_(which), record_(record), begin_{0} {
  for (const auto& segment : segments_) begin_.push_back(begin_.back() + static_cast<Index>(segment.tokens.size()));
  values_.resize(context_.program.graph.nodes.size());
}

Matrix ForwardPass::run() {
  for (const auto& node : context_.program.graph.nodes) {
    std::visit([&](const auto& op) { compute(node, op); }, node.op);
    drop_dead_values(node);
  }
  for (const auto& segment : segments_) segment.sequence->length += static_cast<Index>(segment.tokens.size());
  return std::move(values_[context_.plan.logits]);
}

void ForwardPass::compute(const Node& node, const EmbedOp& op) {
  const auto table = context_.linears.find(node.id);
  Matrix& out = output(node);
  Index row = 0;
  for (const auto& segment : segments_) {
    for (const TokenId id : segment.tokens) {
      if (id < 0 || id >= op.vocabulary) {
        throw InputError(
            fmt::format("token id {} is outside the model's vocabulary of {}: tokenizer and model do not "
                        "belong together",
                        id, op.vocabulary));
      }
      if (table != context_.linears.end()) continue;
      context_.shared.embedding.read(id, out.middleRows(row++, 1));
    }
  }
  if (table != context_.linears.end()) look_up(node, *table->second);
}

void ForwardPass::look_up(const Node& node, const tiles::Linear& table) {
  Matrix ids(begin_.back(), 1);
  Index row = 0;
  for (const auto& segment : segments_)
    for (const TokenId id : segment.tokens) ids(row++, 0) = static_cast<float>(id);
  tiles::LinearCounts counts;
  table.forward(ids, output(node), counts, vector_ids(node.id));
  activity_ += counts;
  if (record_.counts != nullptr) count_linear(node.id, counts);
}

void ForwardPass::compute(const Node& node, const RmsNormOp& op) {
  const MatrixView x = input(node, 0);
  tiles::rms_norm(x, context_.shared.gains.at(node.id), op.epsilon, output(node));
}

void ForwardPass::compute(const Node& node, const LinearOp&) {
  const MatrixView x = input(node, 0);
  if (record_.observer != nullptr) (*record_.observer)(node.id, x);
  tiles::LinearCounts counts;
  context_.linears.at(node.id)->forward(x, output(node), counts, vector_ids(node.id));
  activity_ += counts;
  if (record_.counts != nullptr) count_linear(node.id, counts);
}

std::vector<std::uint64_t> ForwardPass::vector_ids(NodeId node) const {
  constexpr int position_bits = 32;
  std::vector<std::uint64_t> ids;
  for (const auto& segment : segments_) {
    const auto tokens = static_cast<Index>(segment.tokens.size());
    for (Index i = is_sampled(node) ? tokens - 1 : 0; i < tokens; ++i)
      ids.push_back((segment.sequence->stream << position_bits) +
                    static_cast<std::uint64_t>(segment.sequence->length + i));
  }
  return ids;
}

void ForwardPass::compute(const Node& node, const RopeOp& op) {
  Matrix& out = output(node);
  out = input(node, 0);
  const auto& spec = context_.program.graph.rope;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    tiles::rope(out.middleRows(begin_[i], begin_[i + 1] - begin_[i]), op.head_dim, spec.frequencies,
                spec.layout == RopeLayout::interleaved, segments_[i].sequence->length);
  }
}

void ForwardPass::compute(const Node& node, const AttentionOp& op) {
  const MatrixView q = input(node, 0), k = input(node, 1), v = input(node, 2);
  Matrix& out = output(node);
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const Index first = begin_[i], rows = begin_[i + 1] - begin_[i];
    tiles::KvCache& cache = segments_[i].sequence->layers.at(op.layer);
    cache.append(k.middleRows(first, rows), v.middleRows(first, rows));
    tiles::attention(q.middleRows(first, rows), cache, op.heads, op.window, out.middleRows(first, rows));
    if (record_.counts != nullptr) count_attention(node, op, segments_[i]);
  }
}

void ForwardPass::compute(const Node& node, const SwigluOp&) {
  const MatrixView gate = input(node, 0), up = input(node, 1);
  tiles::swiglu(gate, up, output(node));
}

void ForwardPass::compute(const Node& node, const AddOp&) {
  const MatrixView a = input(node, 0), b = input(node, 1);
  output(node) = a + b;
}

MatrixView ForwardPass::input(const Node& node, std::size_t index) {
  const Operand& operand = node.inputs.at(index);
  const bool cut = is_sampled(node.id) && !is_sampled(operand.node);
  if (cut) keep_sampled_rows(operand.node);
  const Matrix& value = cut ? last_rows_.at(operand.node) : values_[operand.node];
  return value.middleCols(operand.offset, operand.width);
}

Matrix& ForwardPass::output(const Node& node) {
  const Index rows = is_sampled(node.id) ? static_cast<Index>(segments_.size()) : begin_.back();
  values_[node.id].resize(rows, node.out_features);
  return values_[node.id];
}

bool ForwardPass::is_sampled(NodeId node) const {
  return which_ == LogitsFor::last_token && context_.plan.sampled_only[node];
}

void ForwardPass::keep_sampled_rows(NodeId node) {
  if (last_rows_.contains(node)) return;
  const Matrix& all = values_[node];
  Matrix& kept = last_rows_[node];
  kept.resize(static_cast<Index>(segments_.size()), all.cols());
  for (Index i = 0; i < kept.rows(); ++i) kept.row(i) = all.row(begin_[static_cast<std::size_t>(i) + 1] - 1);
}

void ForwardPass::drop_dead_values(const Node& node) {
  for (const auto& operand : node.inputs) {
    if (context_.plan.last_reader[operand.node] != node.id || operand.node == context_.plan.logits) continue;
    values_[operand.node].resize(0, 0);
  }
}

void ForwardPass::count(Action action, NodeId node, std::int64_t times) {
  record_.counts->add({.action = action, .operator_id = node, .phase = record_.phase, .chip = 0}, times);
}

void ForwardPass::count_linear(NodeId node, const tiles::LinearCounts& counts) {
  count(Action::mvm, node, counts.mvms);
  count(Action::dac_conversion, node, counts.dac_conversions);
  count(Action::cell_read, node, counts.cell_reads);
  count(Action::adc_conversion, node, counts.adc_conversions);
  count(Action::affine, node, counts.affine);
  count(Action::accumulate, node, counts.accumulate);
  count(Action::digital_mac, node, counts.digital_macs);
  count(Action::weight_read_byte, node, counts.weight_bytes);
  count(Action::retry, node, counts.retries);
}

/// Bytes of keys and values that the pass put into and took out of the cache, from the cache's own shape and length.
void ForwardPass::count_attention(const Node& node, const AttentionOp& op, const Segment& segment) {
  const tiles::KvCache& cache = segment.sequence->layers.at(op.layer);
  const std::int64_t position_bytes = (2 * cache.width() * context_.kv_bits + 7) / 8;
  const auto tokens = static_cast<std::int64_t>(segment.tokens.size());
  const tiles::AttentionSpec& spec = context_.program.hardware.attention;
  const std::int64_t prompt_tokens = record_.phase == Phase::prefill ? tokens : 0;
  std::int64_t positions_seen = 0, positions_read = 0;
  for (std::int64_t token = 0; token < tokens; ++token) {
    const std::int64_t seen = cache.length() - tokens + token + 1;
    positions_seen += op.window > 0 ? std::min(seen, op.window) : seen;
    positions_read += tiles::positions_read(seen, op.window, queries_served(spec, token, prompt_tokens));
  }
  const bool sram = spec.kv_memory == tiles::KvMemory::sram;
  count(sram ? Action::kv_sram_write_byte : Action::kv_write_byte, node.id, tokens * position_bytes);
  count(sram ? Action::kv_sram_read_byte : Action::kv_read_byte, node.id, positions_read * position_bytes);
  count(Action::attention_mac, node.id, positions_seen * 2 * op.heads * op.head_dim);
}

}  // namespace aimc::sim
