#include "sim/evaluate/linear_quality.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "base/check/check.h"
#include "base/parallel/interrupt.h"
#include "base/parallel/parallel.h"
#include "sim/evaluate/log_likelihood.h"
#include "sim/functional/streamed_linear.h"

namespace aimc::sim {
namespace {

using workloads::LinearOp;
using workloads::Node;

constexpr int float_kv_bits = 32;

double sqnr(MatrixView reference, MatrixView values) {
  const double signal = reference.cast<double>().squaredNorm();
  return sqnr_decibels(signal, (values.cast<double>() - reference.cast<double>()).squaredNorm());
}

/// Which rows of a pass belong to what: sequences of the same length one after another.
struct PassRows {
  Index tokens = 0;
  Index reference = -1;           ///< number of the sequence that is all float; -1: not in this pass
  Index network = -1;             ///< number of the one that is all deployed
  std::map<NodeId, Index> alone;  ///< number of the one in which this linear alone is deployed
};

/// Multiplies in floating point, and as deployed the rows that say so.
class ProbeLinear final : public tiles::Linear {
 public:
  ProbeLinear(const tiles::Linear& floating, const tiles::Linear& deployed, const PassRows& rows, int phases,
              LinearQuality& quality)
      : floating_(floating), deployed_(deployed), rows_(rows), phases_(phases), quality_(quality) {}

  [[nodiscard]] Index in_features() const override { return deployed_.in_features(); }
  [[nodiscard]] Index out_features() const override { return deployed_.out_features(); }
  [[nodiscard]] std::string_view kernel() const override { return deployed_.kernel(); }

 private:
  void multiply(MatrixView x, MatrixSpan y, tiles::VectorIds ids, tiles::LinearCounts& /*counts*/) const override {
    throw_if_interrupted();
    tiles::LinearCounts of_reference;
    floating_.forward(x, y, of_reference);
    if (rows_.network >= 0) {
      const Matrix deployed = as_deployed(x, ids, rows_.network).y;
      // Both sequences are in the first pass, and the reference's rows stay as they are.
      quality_.sqnr_in_network_db = sqnr(rows_of(y, rows_.reference), deployed);
      rows_of(y, rows_.network) = deployed;
    }
    const auto alone = rows_.alone.find(quality_.linear);
    if (alone == rows_.alone.end()) return;
    // All linears before this one are float in this sequence, so its inputs are the reference's, to the bit.
    const Output output = as_deployed(x, ids, alone->second);
    quality_.sqnr_db = sqnr(rows_of(y, alone->second), output.y);
    rows_of(y, alone->second) = output.y;
    quality_.dac_clip_rate =
        static_cast<double>(output.counts.dac_clipped) / static_cast<double>(x.cols() * rows_.tokens);
    // A conversion in several phases is one that clips once.
    if (output.counts.adc_conversions > 0)
      quality_.adc_clip_rate =
          static_cast<double>(output.counts.adc_clipped * phases_) / static_cast<double>(output.counts.adc_conversions);
  }

  struct Output {
    Matrix y;
    tiles::LinearCounts counts;
  };
  [[nodiscard]] Output as_deployed(const MatrixView& x, tiles::VectorIds ids, Index sequence) const {
    Output output{Matrix(rows_.tokens, out_features()), {}};
    const auto first = static_cast<std::size_t>(sequence * rows_.tokens),
               count = static_cast<std::size_t>(rows_.tokens);
    deployed_.forward(x.middleRows(sequence * rows_.tokens, rows_.tokens), output.y, output.counts,
                      ids.subspan(first, count));
    return output;
  }
  [[nodiscard]] MatrixSpan rows_of(MatrixSpan& y, Index sequence) const {
    return y.middleRows(sequence * rows_.tokens, rows_.tokens);
  }

  const tiles::Linear& floating_;
  const tiles::Linear& deployed_;
  const PassRows& rows_;
  int phases_;  ///< of a conversion
  LinearQuality& quality_;
};

class Measurement {
 public:
  Measurement(const DeploymentPlan& plan, LinearStore& linears, const SharedTensors& shared,
              std::span<const TokenId> probe, std::uint64_t seed)
      : program_(*plan.program),
        shared_(shared),
        probe_(probe),
        kv_bits_(plan.kv_bits),
        deployed_(linears.build(program_, plan.numerics, plan.ranges, noise_seed(seed, 0))) {
    for (const auto& placement : program_.linears) {
      qualities_.emplace_back();
      qualities_.back().linear = placement.linear;
      qualities_.back().unit = placement.unit;
      const Node& node = program_.graph.node(placement.linear);
      const auto& op = std::get<LinearOp>(node.op);
      floating_[placement.linear] =
          make_streamed_linear(SourceRows(linears.weights(), node.name + ".weight", {op.out_features, op.in_features}));
    }
  }

  std::vector<LinearQuality> measure(Index logits_of_a_pass) {
    const auto tokens = static_cast<Index>(probe_.size());
    const Index fitting = std::max<Index>(3, logits_of_a_pass / (tokens * program_.graph.vocabulary));
    for (std::size_t next = 0; next < qualities_.size();) {
      PassRows rows{.tokens = tokens, .alone = {}};
      Index sequences = 0;
      if (next == 0) {
        rows.reference = sequences++;
        rows.network = sequences++;
      }
      while (sequences < fitting && next < qualities_.size()) rows.alone[qualities_[next++].linear] = sequences++;
      run(rows, sequences);
    }
    return std::move(qualities_);
  }

 private:
  void run(const PassRows& rows, Index count) {
    LinearSet probes;
    for (auto& quality : qualities_)
      probes[quality.linear] =
          std::make_shared<ProbeLinear>(*floating_.at(quality.linear), *deployed_.at(quality.linear), rows,
                                        program_.hardware.tile.input.phases, quality);
    const FunctionalExecutor executor(program_, shared_, probes, float_kv_bits);
    const FunctionalExecutor network(program_, shared_, probes, kv_bits_);  // only for the precision of its KV cache
    std::vector<Sequence> sequences;
    std::vector<Segment> segments;
    // One stream for all: the noise drawn at every MVM is that of the token, whatever else is deployed.
    for (Index i = 0; i < count; ++i)
      sequences.push_back((i == rows.network ? network : executor).new_sequence(rows.tokens));
    for (auto& sequence : sequences) segments.push_back({probe_, &sequence});
    const Matrix logits = executor.forward(segments, LogitsFor::every_token);
    if (rows.reference >= 0) reference_logits_ = logits.middleRows(rows.reference * rows.tokens, rows.tokens);
    for (auto& quality : qualities_)
      if (const auto alone = rows.alone.find(quality.linear); alone != rows.alone.end())
        quality.kl_nats =
            mean_divergence(reference_logits_, logits.middleRows(alone->second * rows.tokens, rows.tokens));
  }

  const Program& program_;
  const SharedTensors& shared_;
  std::span<const TokenId> probe_;
  int kv_bits_;
  LinearSet deployed_, floating_;
  std::vector<LinearQuality> qualities_;
  Matrix reference_logits_;  ///< [tokens, vocabulary]
};

}  // namespace

double mean_divergence(MatrixView reference, MatrixView logits) {
  AIMC_CHECK(reference.rows() == logits.rows() && reference.cols() == logits.cols() && reference.rows() > 0);
  std::vector<double> of_row(static_cast<std::size_t>(reference.rows()));
  parallel_for(reference.rows(), [&](std::int64_t row) {
    const auto span_of = [&](const MatrixView& matrix) {
      return std::span(matrix.data() + row * matrix.outerStride(), static_cast<std::size_t>(matrix.cols()));
    };
    const auto p = span_of(reference), q = span_of(logits);
    const double p_sum = log_sum_exp(p), q_sum = log_sum_exp(q);
    if (!std::isfinite(p_sum) || !std::isfinite(q_sum))
      throw InputError(
          "the logits of the probe are not finite: the model's weights are too large for fp32 activations");
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double log_p = static_cast<double>(p[i]) - p_sum, log_q = static_cast<double>(q[i]) - q_sum;
      sum += std::exp(log_p) * (log_p - log_q);
    }
    of_row[static_cast<std::size_t>(row)] = std::max(0.0, sum);  // rounding alone can make it negative
  });
  double sum = 0;
  for (const double divergence : of_row) sum += divergence;
  return sum / static_cast<double>(reference.rows());
}

std::vector<LinearQuality> measure_linears(const DeploymentPlan& plan, LinearStore& linears,
                                           const SharedTensors& shared, std::span<const TokenId> probe,
                                           std::uint64_t seed, Index logits_of_a_pass) {
  AIMC_CHECK(!probe.empty());
  return Measurement(plan, linears, shared, probe, seed).measure(logits_of_a_pass);
}

}  // namespace aimc::sim
