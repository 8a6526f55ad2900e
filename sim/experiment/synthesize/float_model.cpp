#include "sim/experiment/synthesize/float_model.h"

#include <variant>

namespace aimc::sim {
namespace {

constexpr int kv_bits = 32;

Program float_program(const workloads::Graph& graph) {
  Program program;
  program.graph = graph;
  for (const auto& node : graph.nodes) {
    const auto* linear = std::get_if<workloads::LinearOp>(&node.op);
    if (linear == nullptr) continue;
    program.linears.push_back({.linear = node.id,
                               .unit = LinearUnit::floating_point,
                               .row_tiles = {linear->in_features},
                               .column_tiles = {linear->out_features}});
  }
  return program;
}

}  // namespace

std::int64_t kv_bytes(const workloads::Graph& graph, std::int64_t length) {
  std::int64_t values = 0;
  for (const auto& node : graph.nodes)
    if (const auto* attention = std::get_if<workloads::AttentionOp>(&node.op))
      values += 2 * attention->kv_heads * attention->head_dim;
  return values * length * kv_bits / 8;
}

FloatModel::FloatModel(const workloads::Model& model)
    : program_(float_program(model.graph)),
      shared_(read_shared_tensors(model.graph, *model.weights)),
      store_(*model.weights),
      linears_(store_.build_float(program_)),
      executor_(program_, shared_, linears_, kv_bits) {}

}  // namespace aimc::sim
