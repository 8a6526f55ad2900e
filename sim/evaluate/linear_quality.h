#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/evaluate/accuracy.h"

namespace aimc::sim {

/// How well one linear of a deployment computes, on probe tokens.
struct LinearQuality {
  NodeId linear = 0;
  LinearUnit unit = LinearUnit::analog;
  /// 10 log10(|y|^2 / |y' - y|^2) over the probe, y from the floating-point reference: of the linear alone, fed with
  /// the reference's own inputs; infinite where it makes no error.
  double sqnr_db = 0;
  /// The same for its output inside the whole deployed network, where the errors of all before it have added up.
  double sqnr_in_network_db = 0;
  double dac_clip_rate = 0;  ///< share of the reference's inputs beyond the input range
  double adc_clip_rate = 0;  ///< share of the conversions beyond the bound, on the reference's inputs
  /// Kullback-Leibler divergence from the reference's next-token distribution to that of the network in which this
  /// linear alone runs as deployed, mean over the probe's positions.
  double kl_nats = 0;
};

inline constexpr Index default_logits_of_a_pass = Index{1} << 25;  ///< 128 MiB of fp32

/// Measures every linear of the plan's program in graph order, with the first noise instance of `seed`. One pass runs
/// the reference, the deployed network and all networks with one deployed linear side by side; floating-point matrices
/// are read once a pass, some channels at a time (streamed_linear.h); several passes where there would be more than
/// `logits_of_a_pass` of them (4 bytes each). The same numbers for any thread count. Throws InputError, Interrupted.
[[nodiscard]] std::vector<LinearQuality> measure_linears(const DeploymentPlan& plan, LinearStore& linears,
                                                         const SharedTensors& shared, std::span<const TokenId> probe,
                                                         std::uint64_t seed,
                                                         Index logits_of_a_pass = default_logits_of_a_pass);

/// Mean over the rows of the Kullback-Leibler divergence, in nats, from softmax(reference) to softmax(logits), both
/// [rows, vocabulary]; zero for equal logits.
[[nodiscard]] double mean_divergence(MatrixView reference, MatrixView logits);

}  // namespace aimc::sim
