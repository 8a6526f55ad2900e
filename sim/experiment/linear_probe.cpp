#include "sim/experiment/linear_probe.h"

#include <variant>

namespace aimc::sim {
namespace {

Program only(const Program& program, NodeId linear) {
  Program alone = program;
  alone.embedding.reset();
  std::erase_if(alone.linears, [&](const LinearPlacement& placement) { return placement.linear != linear; });
  return alone;
}

Matrix read_weights(const LoadedModel& loaded, NodeId linear) {
  const auto& node = loaded.model.graph.node(linear);
  const auto& op = std::get<workloads::LinearOp>(node.op);
  return loaded.model.weights->read(node.name + ".weight", op.out_features, op.in_features);
}

}  // namespace

LinearProbe::LinearProbe(const DeploymentPlan& plan, const LoadedModel& loaded, NodeId linear, const ProbedText& text,
                         std::uint64_t seed)
    : plan_(plan),
      loaded_(loaded),
      alone_(only(*plan.program, linear)),
      noise_(noise_seed(seed, 0)),
      first_(text.first),
      weights_(read_weights(loaded, linear)) {
  constexpr int float_kv_bits = 32;
  const LinearSet linears = build_float_linears(*plan.program, *loaded.model.weights);
  const FunctionalExecutor executor(*plan.program, loaded.shared, linears, float_kv_bits);
  Sequence sequence = executor.new_sequence(static_cast<Index>(text.tokens.size()));
  const InputObserver observer = [&](NodeId node, MatrixView input) {
    if (node == linear) inputs_ = input.middleRows(text.first, text.count);
  };
  executor.forward(text.tokens, sequence, LogitsFor::every_token, nullptr, Phase::prefill, &observer);
  reference_.resize(text.count, weights_.rows());
  tiles::LinearCounts unused;
  linears.at(linear)->forward(inputs_, reference_, unused);
}

Matrix LinearProbe::held() const {
  const auto device = device_of(plan_.numerics.device, plan_.numerics.effects);
  if (device == nullptr) return weights_;
  const auto& placement = alone_.linears.front();
  return tiles::programmed_weights(weights_, placement.row_tiles, *device,
                                   RandomKey(noise_).child(loaded_.model.graph.node(placement.linear).name),
                                   plan_.numerics.seconds);
}

double LinearProbe::signal() const { return reference_.cast<double>().squaredNorm(); }

double LinearProbe::error(tiles::Effects effects) const {
  DeploymentNumerics numerics = plan_.numerics;
  numerics.effects = effects;
  const LinearSet built = build_linears(alone_, *loaded_.model.weights, numerics, plan_.ranges, noise_);
  Matrix y(inputs_.rows(), weights_.rows());
  std::vector<std::uint64_t> positions;
  for (Index i = 0; i < inputs_.rows(); ++i) positions.push_back(static_cast<std::uint64_t>(first_ + i));
  tiles::LinearCounts unused;
  built.begin()->second->forward(inputs_, y, unused, positions);
  return (y.cast<double>() - reference_.cast<double>()).squaredNorm();
}

}  // namespace aimc::sim
