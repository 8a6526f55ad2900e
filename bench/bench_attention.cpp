// Attention and the element-wise operators of the digital units, at the sizes of a small and of a 1B model.
#include <benchmark/benchmark.h>

#include "base/random/stream.h"
#include "tiles/digital/operators.h"

namespace {

using namespace aimc;
using namespace aimc::tiles;

Matrix normals(Index height, Index width, std::uint64_t seed) {
  Matrix matrix(height, width);
  fill_normal(RandomKey(seed), 0, matrix.data(), matrix.size());
  return matrix;
}

/// Arguments: tokens, positions in the cache, heads, kv heads, head size.
void attention_layer(benchmark::State& state) {
  const Index tokens = state.range(0), positions = state.range(1), heads = state.range(2), kv_heads = state.range(3);
  const Index head_dim = state.range(4);
  KvCache cache(positions, kv_heads, head_dim, 16);
  cache.append(normals(positions, kv_heads * head_dim, 1), normals(positions, kv_heads * head_dim, 2));
  const Matrix q = normals(tokens, heads * head_dim, 3);
  Matrix out(tokens, heads * head_dim);
  for (auto _ : state) attention(q, cache, heads, 0, out);
  state.SetItemsProcessed(state.iterations() * tokens * (2 * positions - tokens + 1) * heads * head_dim);
}
BENCHMARK(attention_layer)
    ->Args({512, 512, 8, 4, 24})
    ->Args({1, 512, 8, 4, 24})
    ->Args({512, 512, 32, 8, 64})
    ->Args({1, 2048, 32, 8, 64})
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

void swiglu_layer(benchmark::State& state) {
  const Matrix gate = normals(64, 8192, 1), up = normals(64, 8192, 2);
  Matrix y(64, 8192);
  for (auto _ : state) swiglu(gate, up, y);
  state.SetItemsProcessed(state.iterations() * y.size());
}
BENCHMARK(swiglu_layer)->Unit(benchmark::kMicrosecond)->UseRealTime();

void append_to_cache(benchmark::State& state) {
  const Matrix k = normals(512, 512, 1);
  KvCache cache(512, 8, 64, static_cast<int>(state.range(0)));
  for (auto _ : state) {
    cache.truncate(0);
    cache.append(k, k);
  }
  state.SetItemsProcessed(state.iterations() * 2 * k.size());
}
BENCHMARK(append_to_cache)->Arg(8)->Arg(16)->Arg(32)->Unit(benchmark::kMicrosecond)->UseRealTime();

void rope_layer(benchmark::State& state) {
  Matrix x = normals(512, 2048, 1);
  const std::vector<double> frequencies(32, 0.1);
  for (auto _ : state) rope(x, 64, frequencies, false, 0);
  state.SetItemsProcessed(state.iterations() * x.size());
}
BENCHMARK(rope_layer)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
