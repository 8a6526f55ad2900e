#include "sim/adapt/initial_ranges.h"

#include <algorithm>
#include <cmath>

#include "sim/adapt/losses.h"

namespace aimc::adapt {
namespace {

// Candidate ranges, in standard deviations of the inputs: 2 to 111, a quarter apart.
constexpr Index candidates = 19;
constexpr double first_candidate = 2, candidate_ratio = 1.25;
constexpr double tokens_tried = 512;  ///< about; of a pass, over all processes: enough to rank candidates

/// Count, sum and sum of squares of the row tiles' inputs, over all processes: [row tiles, 3] fp64.
at::Tensor sums_of(const RangeGroup& group, const at::Tensor& x, const Reduce& reduce) {
  const auto tiles = static_cast<Index>(group.tiles.size());
  at::Tensor sums = at::zeros({tiles, 3}, x.options().dtype(at::kDouble));
  for (Index t = 0; t < tiles; ++t) {
    const RowTile& tile = group.tiles[static_cast<std::size_t>(t)];
    const at::Tensor part = x.narrow(1, tile.begin, tile.count);
    sums[t][0] = static_cast<double>(part.numel());
    sums[t][1] = part.sum(at::kDouble);
    sums[t][2] = part.square().sum(at::kDouble);
  }
  if (reduce) reduce(sums);
  return sums;
}

/// Standard deviations (unbiased) of the inputs with these sums: [row tiles] fp32.
at::Tensor deviations(const at::Tensor& sums) {
  const at::Tensor count = sums.select(1, 0), sum = sums.select(1, 1), squares = sums.select(1, 2);
  return ((squares - sum * sum / count) / (count - 1)).clamp_min(0).sqrt().to(at::kFloat);
}

/// KL divergence of the distributions of some logits [tokens, vocabulary] from those of others, summed over tokens: the
/// distillation loss that the linear's student begins with.
double divergence(const at::Tensor& exact, const at::Tensor& found) {
  return losses(found, exact, {}, {.distillation = 1, .temperature = 1, .tokens = 1}).distillation;
}

/// What converters with this range do to the outputs of one row tile's inputs x [tokens, rows]; logits: those of all
/// row tiles without converters, [tokens, vocabulary], or undefined.
at::Tensor output_error(const at::Tensor& x, const std::vector<at::Tensor>& weights, const at::Tensor& range,
                        LinearNumerics numerics, const at::Tensor& logits) {
  numerics.tiles = {{0, x.size(1)}};
  const at::Tensor codes = dac(x, range, numerics, nullptr);
  at::Tensor sum = at::zeros({}, x.options().dtype(at::kDouble));
  for (const at::Tensor& weight : weights) {
    const at::Tensor error = array_product(codes, weight, range, numerics, RandomKey(0), 0) - at::mm(x, weight.t());
    if (logits.defined())
      sum += divergence(logits, logits + error);
    else
      sum += error.square().sum(at::kDouble);
  }
  return sum;
}

/// Every so many-th token of the pass, the same ones however its sequences are shared by processes. The stride is odd:
/// sequences are often a power of two long, and an even one would then meet the first token of each, whose activations
/// are like no other's, far too often.
at::Tensor tried_tokens(const at::Tensor& x, std::int64_t first_token, const Reduce& reduce) {
  at::Tensor rows = at::full({1}, static_cast<double>(x.size(0)), at::TensorOptions().dtype(at::kDouble));
  if (reduce) reduce(rows);
  const auto whole = static_cast<Index>(std::max(1.0, std::floor(rows.item<double>() / tokens_tried)));
  const Index stride = (whole - 1) | 1;
  return x.slice(0, std::min(x.size(0), (stride - first_token % stride) % stride), x.size(0), stride);
}

/// The candidates, in deviations, of least error: [row tiles] fp32.
at::Tensor best_candidates(const RangeGroup& group, const GroupPass& pass, const at::Tensor& deviation,
                           const Reduce& reduce) {
  const at::Tensor tried = tried_tokens(pass.x, pass.first_token, reduce);
  const auto tiles = static_cast<Index>(group.tiles.size());
  at::Tensor errors = at::zeros({tiles, candidates}, tried.options().dtype(at::kDouble));
  const at::Tensor factors =
      first_candidate * at::pow(candidate_ratio, at::arange(candidates, tried.options().dtype(at::kFloat)));
  const at::Tensor logits = group.gives_logits ? at::mm(tried, pass.weights.front().t()) : at::Tensor();
  for (Index t = 0; t < tiles && tried.size(0) > 0; ++t) {
    const RowTile& tile = group.tiles[static_cast<std::size_t>(t)];
    const at::Tensor part = tried.narrow(1, tile.begin, tile.count).contiguous();
    std::vector<at::Tensor> columns;
    for (const at::Tensor& weight : pass.weights)
      columns.push_back(weight.narrow(1, tile.begin, tile.count).contiguous());
    for (Index c = 0; c < candidates; ++c)
      errors[t][c] = output_error(part, columns, (factors[c] * deviation[t]).reshape({1}), pass.numerics, logits);
  }
  if (reduce) reduce(errors);
  return factors.index_select(0, errors.argmin(1));
}

}  // namespace

void initialise_ranges(RangeGroup& group, const GroupPass& pass, const RangeSpec& spec, const Reduce& reduce) {
  const at::NoGradGuard no_gradients;
  const at::Tensor sums = sums_of(group, pass.x, reduce);
  if (sums[0][0].item<double>() == 0) return;  // a part without sequences is no pass
  const at::Tensor deviation = deviations(sums);
  const at::Tensor range = spec.initial == InitialRange::least_error
                               ? best_candidates(group, pass, deviation, reduce) * deviation
                               : spec.initial_deviations * deviation;
  const auto seen = static_cast<double>(group.forwards_seen);
  const at::Tensor next = ((group.range * seen + range) / (seen + 1)).abs();
  group.range.copy_(at::where(deviation.gt(0), next, group.range));
  ++group.forwards_seen;
}

}  // namespace aimc::adapt
