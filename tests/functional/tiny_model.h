#pragma once
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "base/random/stream.h"
#include "sim/functional/deploy.h"
#include "workloads/model/model_config.h"
#include "workloads/model/weights.h"

namespace aimc::test {

/// Weights in memory: normal with the usual 1/sqrt(in) spread, gains near 1.
class RandomWeights : public workloads::WeightSource {
 public:
  explicit RandomWeights(std::uint64_t seed = 1) : key_(seed) {}
  [[nodiscard]] std::optional<std::vector<Index>> shape(const std::string&) const override { return std::nullopt; }
  void read_rows(const std::string& name, const workloads::TensorShape& shape, Index first,
                 MatrixSpan to) const override {
    const float spread = std::sqrt(name.starts_with("model.embed") ? 1.0F : static_cast<float>(shape.columns));
    for (Index row = 0; row < to.rows(); ++row) {
      const auto begin = static_cast<std::uint64_t>((first + row) * shape.columns);
      fill_normal(key_.child(name), begin, to.row(row).data(), shape.columns);
    }
    if (shape.rows == 1) {
      to.array() = to.array() * 0.1F + 1.0F;
    } else {
      to /= spread;
    }
  }

 private:
  RandomKey key_;
};

/// Two layers, four query heads on two KV heads: small enough to count by hand.
inline workloads::ModelConfig tiny_config() {
  workloads::ModelConfig config;
  config.name = "tiny";
  config.hidden = 16;
  config.intermediate = 24;
  config.layers = 2;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 4;
  config.vocabulary = 32;
  config.context = 64;
  return config;
}

/// Placements as a mapper makes them, without shards and steps, on arrays of rows x columns.
inline sim::Program make_program(const workloads::Graph& graph, sim::LinearUnit unit, Index rows, Index columns) {
  sim::Program program;
  program.graph = graph;
  program.hardware.name = "test";
  program.hardware.tile.rows = rows;
  program.hardware.tile.columns = columns;
  for (const auto& node : graph.nodes) {
    const auto* op = std::get_if<workloads::LinearOp>(&node.op);
    if (op == nullptr) continue;
    const bool analog = unit == sim::LinearUnit::analog;
    sim::LinearPlacement placement;
    placement.linear = node.id;
    placement.unit = unit;
    placement.row_tiles = tiles::balanced_split(op->in_features, analog ? rows : 0);
    placement.column_tiles = tiles::balanced_split(op->out_features, analog ? columns : 0);
    program.linears.push_back(placement);
  }
  return program;
}

/// A model with float linears, ready to run.
struct FloatModel {
  explicit FloatModel(const workloads::Graph& graph, const workloads::WeightSource& weights)
      : program(make_program(graph, sim::LinearUnit::floating_point, 512, 512)),
        shared(sim::read_shared_tensors(graph, weights)),
        linears(sim::build_float_linears(program, weights)),
        executor(program, shared, linears, 32) {}
  FloatModel(const FloatModel&) = delete;

  sim::Program program;
  sim::SharedTensors shared;
  sim::LinearSet linears;
  sim::FunctionalExecutor executor;

  [[nodiscard]] Matrix logits(const std::vector<workloads::TokenId>& ids) const {
    sim::Sequence sequence = executor.new_sequence(static_cast<Index>(ids.size()));
    return executor.forward(ids, sequence, sim::LogitsFor::every_token);
  }
};

/// The largest difference of two matrices of the same shape.
inline float largest_difference(const Matrix& a, const Matrix& b) { return (a - b).cwiseAbs().maxCoeff(); }

inline std::vector<workloads::TokenId> some_tokens(std::size_t count, std::int64_t vocabulary, std::uint64_t seed = 7) {
  std::vector<workloads::TokenId> ids;
  for (std::size_t i = 0; i < count; ++i)
    ids.push_back(static_cast<workloads::TokenId>(uniform(RandomKey(seed), i) * static_cast<double>(vocabulary)));
  return ids;
}

}  // namespace aimc::test
