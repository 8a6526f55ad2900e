#include "workloads/text/sampler.h"

#include <numeric>

#include "base/check/check.h"

namespace aimc::workloads {
namespace {

/// The ids that may be chosen, best first.
std::vector<TokenId> ranked(std::span<const float> logits, std::int64_t top_k) {
  std::vector<TokenId> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto kept = top_k == 0 ? std::ssize(ids) : std::min<std::ptrdiff_t>(top_k, std::ssize(ids));
  std::partial_sort(ids.begin(), ids.begin() + kept, ids.end(), [&](TokenId a, TokenId b) {
    const float left = logits[static_cast<std::size_t>(a)], right = logits[static_cast<std::size_t>(b)];
    return left != right ? left > right : a < b;
  });
  ids.resize(static_cast<std::size_t>(kept));
  return ids;
}

}  // namespace

void validate(const SamplingSpec& spec) {
  if (!(spec.temperature >= 0) || !std::isfinite(spec.temperature))
    throw ConfigError(fmt::format("the sampling temperature is {}; give 0 (greedy) or more", spec.temperature));
  if (spec.top_k < 0) throw ConfigError(fmt::format("top_k is {}; give 0 (all tokens) or more", spec.top_k));
  if (!(spec.top_p > 0 && spec.top_p <= 1))
    throw ConfigError(fmt::format("top_p is {}; give more than 0 and at most 1 (all tokens)", spec.top_p));
}

TokenId sample(std::span<const float> logits, const SamplingSpec& spec, const RandomKey& key, std::uint64_t position) {
  AIMC_CHECK(!logits.empty());
  for (const float logit : logits)
    if (!std::isfinite(logit))
      throw InputError("the model's logits are not finite numbers; its weights may be damaged");
  if (spec.temperature == 0)
    return static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) -
                                logits.begin());  // the first of equals

  const std::vector<TokenId> ids = ranked(logits, spec.top_k);
  std::vector<double> cumulative;
  cumulative.reserve(ids.size());
  double sum = 0;
  const double best = logits[static_cast<std::size_t>(ids.front())];
  for (const TokenId id : ids)
    cumulative.push_back(sum += std::exp((logits[static_cast<std::size_t>(id)] - best) / spec.temperature));
  const auto first_reaching = [&](double mass) {
    return std::lower_bound(cumulative.begin(), cumulative.end(), mass) - cumulative.begin();
  };
  const std::ptrdiff_t last =
      std::min(spec.top_p < 1 ? first_reaching(spec.top_p * sum) : std::ssize(ids) - 1, std::ssize(ids) - 1);
  const double drawn = uniform(key, position) * cumulative[static_cast<std::size_t>(last)];
  const auto chosen = std::upper_bound(cumulative.begin(), cumulative.begin() + last, drawn) - cumulative.begin();
  return ids[static_cast<std::size_t>(chosen)];
}

}  // namespace aimc::workloads
