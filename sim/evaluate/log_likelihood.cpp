// One exponential per vocabulary entry and token would take longer than the model when libm computes them one by one:
// this is a polynomial that vectorises and gives the same bits in every clone (no fused multiply-add, eight fixed
// lanes).
#include "sim/evaluate/log_likelihood.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check/check.h"
#include "base/parallel/vector_clones.h"

namespace aimc::sim {

namespace {

constexpr int lanes = 8;

/// e^x for x in [-700, 0]: x = k ln 2 + r with |r| <= ln 2 / 2, Taylor to r^13 (remainder below 5e-18).
[[gnu::always_inline]] inline double exponential(double x) {
  constexpr double shifter = 0x1.8p52;  // adding it leaves the nearest integer in the low bits of the sum
  const double shifted = x * 1.4426950408889634 + shifter;
  const double k = shifted - shifter;
  // ln 2 in two parts, the first with so few bits that k times it is exact (Cody and Waite).
  const double r = (x - k * 6.93145751953125E-1) - k * 1.42860682030941723212E-6;
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  const std::uint64_t exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52;
  return p * std::bit_cast<double>(exponent);
}

AIMC_VECTOR_CLONES float largest(const float* x, std::int64_t groups) {
  float top[lanes];
  for (int lane = 0; lane < lanes; ++lane) top[lane] = x[lane];
  for (std::int64_t g = 1; g < groups; ++g)
    for (int lane = 0; lane < lanes; ++lane)
      top[lane] = x[g * lanes + lane] > top[lane] ? x[g * lanes + lane] : top[lane];
  for (int lane = 1; lane < lanes; ++lane) top[0] = top[lane] > top[0] ? top[lane] : top[0];
  return top[0];
}

AIMC_VECTOR_CLONES double sum_of_exponentials(const float* x, std::int64_t groups, double top) {
  double sums[lanes] = {};
  for (std::int64_t g = 0; g < groups; ++g) {
    for (int lane = 0; lane < lanes; ++lane) {
      const double difference = static_cast<double>(x[g * lanes + lane]) - top;
      sums[lane] += exponential(difference < -700 ? -700 : difference);
    }
  }
  double sum = 0;
  for (const double lane : sums) sum += lane;
  return sum;
}

}  // namespace

double log_sum_exp(std::span<const float> logits) {
  AIMC_CHECK(!logits.empty());
  const auto groups = static_cast<std::int64_t>(logits.size()) / lanes;
  const auto rest = logits.subspan(static_cast<std::size_t>(groups * lanes));
  float top = groups > 0 ? largest(logits.data(), groups) : rest.front();
  for (const float logit : rest) top = std::max(top, logit);
  double sum = groups > 0 ? sum_of_exponentials(logits.data(), groups, top) : 0;
  for (const float logit : rest) sum += exponential(std::max(static_cast<double>(logit) - top, -700.0));
  return top + std::log(sum);
}

double token_log_likelihood(std::span<const float> logits, workloads::TokenId token) {
  AIMC_CHECK(token >= 0 && static_cast<std::size_t>(token) < logits.size(), "token {} of {} logits", token,
             logits.size());
  const double result = static_cast<double>(logits[static_cast<std::size_t>(token)]) - log_sum_exp(logits);
  if (!std::isfinite(result)) {
    throw InputError(
        "the logits are not finite: the model's weights are too large for fp32 activations, or its "
        "config.json does not belong to them");
  }
  return result;
}

}  // namespace aimc::sim
