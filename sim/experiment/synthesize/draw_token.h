#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "workloads/text/sampler.h"

namespace aimc::sim {

/// Draws tokens from logits; keeps its working memory, so each thread has one of its own.
class TokenDraw {
 public:
  /// The temperature must be above 0.
  explicit TokenDraw(const workloads::SamplingSpec& spec) : spec_(spec) {}
  /// The token whose share of [0, 1), in order of ids, holds `drawn`: softmax(logits / temperature) cut to top-k, then
  /// to top-p (workloads/text/sampler.h says which stay), and scaled up to 1. The same bits on every CPU. Throws
  /// InputError when a logit is not finite.
  workloads::TokenId operator()(std::span<const float> logits, double drawn);

 private:
  void keep_top_k(std::span<const float> logits);
  void keep_top_p();

  workloads::SamplingSpec spec_;
  std::vector<float> weights_;  ///< [vocabulary] exp((logit - largest) / temperature); 0 for what is cut off
  std::vector<float> sorted_;
  std::vector<std::uint32_t> order_;
};

}  // namespace aimc::sim
