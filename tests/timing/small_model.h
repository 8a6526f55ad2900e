#pragma once
#include "workloads/model/model_config.h"

namespace aimc::testing {

/// Two layers, hidden 128, 4 heads and 2 for keys and values: several row tiles of each matrix on 64 x 64 arrays.
/// q, o: 2 x 2 arrays; k, v: 2 x 1; gate, up: 2 x 5; down: 5 x 2; the head, for sampled tokens only: 2 x 8.
inline workloads::ModelConfig small_model() {
  workloads::ModelConfig config;
  config.name = "small";
  config.hidden = 128;
  config.intermediate = 320;
  config.layers = 2;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 32;
  config.vocabulary = 500;
  config.context = 256;
  return config;
}
/// Arrays of it.
inline constexpr std::int64_t small_model_arrays = 2 * (4 + 2 + 2 + 4 + 10 + 10 + 10) + 16;

}  // namespace aimc::testing
