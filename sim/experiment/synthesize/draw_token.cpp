#include "sim/experiment/synthesize/draw_token.h"

#include <numeric>

#include "base/check/check.h"
#include "base/parallel/vector_clones.h"
#include "tiles/digital/exponential.h"

namespace aimc::sim {
namespace {

constexpr std::size_t lanes = 16;

/// The largest logit; infinite or not a number when any is.
AIMC_VECTOR_CLONES float largest(const float* logits, std::size_t count) {
  float tops[lanes], faults[lanes] = {};
  std::fill_n(tops, lanes, logits[0]);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const float x = logits[i + lane];
      tops[lane] = x > tops[lane] ? x : tops[lane];
      faults[lane] += x - x;  // 0, or not a number where x is not finite
    }
  }
  for (; i < count; ++i) {
    tops[0] = std::max(tops[0], logits[i]);
    faults[0] += logits[i] - logits[i];
  }
  float fault = 0;
  for (const float one : faults) fault += one;
  return *std::max_element(tops, tops + lanes) + fault;
}

AIMC_VECTOR_CLONES void exponentiate(const float* logits, std::size_t count, float top, float inverse_temperature,
                                     float* weights) {
  for (std::size_t i = 0; i < count; ++i) weights[i] = tiles::exponential((logits[i] - top) * inverse_temperature);
}

}  // namespace

workloads::TokenId TokenDraw::operator()(std::span<const float> logits, double drawn) {
  AIMC_CHECK(!logits.empty() && spec_.temperature > 0 && drawn >= 0 && drawn < 1, "{} logits, temperature {}, draw {}",
             logits.size(), spec_.temperature, drawn);
  const float top = largest(logits.data(), logits.size());
  if (!std::isfinite(top)) throw InputError("the model's logits are not finite numbers; its weights may be damaged");
  weights_.resize(logits.size());
  exponentiate(logits.data(), logits.size(), top, static_cast<float>(1 / spec_.temperature), weights_.data());
  if (spec_.top_k > 0 && spec_.top_k < std::ssize(logits)) keep_top_k(logits);
  if (spec_.top_p < 1) keep_top_p();

  double sum = 0;
  for (const float weight : weights_) sum += static_cast<double>(weight);
  const double target = drawn * sum;
  double reached = 0;
  std::size_t last = 0;
  for (std::size_t id = 0; id < weights_.size(); ++id) {
    if (weights_[id] <= 0) continue;
    reached += static_cast<double>(weights_[id]);
    last = id;
    if (reached > target) break;
  }
  return static_cast<workloads::TokenId>(last);
}

void TokenDraw::keep_top_k(std::span<const float> logits) {
  sorted_.assign(logits.begin(), logits.end());
  const auto kth = sorted_.begin() + (spec_.top_k - 1);
  std::ranges::nth_element(sorted_, kth, std::greater<>());
  const float least = *kth;
  std::int64_t equals = spec_.top_k - std::ranges::count_if(logits, [&](float x) { return x > least; });
  for (std::size_t id = 0; id < logits.size(); ++id)  // of equal ones the lowest ids stay
    if (logits[id] < least || (logits[id] == least && equals-- <= 0)) weights_[id] = 0;
}

void TokenDraw::keep_top_p() {
  order_.resize(weights_.size());
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::stable_sort(order_, [&](std::uint32_t a, std::uint32_t b) { return weights_[a] > weights_[b]; });
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  double reached = 0;
  for (const std::uint32_t id : order_) {
    if (reached >= spec_.top_p * sum) {
      weights_[id] = 0;
    } else {
      reached += static_cast<double>(weights_[id]);
    }
  }
}

}  // namespace aimc::sim
