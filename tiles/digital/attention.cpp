#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "base/parallel/vector_clones.h"
#include "tiles/digital/exponential.h"
#include "tiles/digital/operators.h"

namespace aimc::tiles {
namespace {

constexpr Index lanes = 16;  ///< positions scored together
constexpr Index queries_per_task = 16;
constexpr Index worth_a_team = 64 * 1024;  ///< multiply-accumulates that outweigh waking the other threads

/// One kv head and some consecutive queries; all strides in floats.
struct Task {
  const float* queries;  ///< first query's first head of the group
  float* out;
  Index query_stride, out_stride;
  Index tokens, group;  ///< queries; heads that share this kv head
  const float* keys;    ///< position 0 of this kv head
  const float* values;
  Index kv_stride, head_dim;
  Index first_position;  ///< of the first query
  Index window;

  [[nodiscard]] const float* query(Index token, Index head) const {
    return queries + token * query_stride + head * head_dim;
  }
};

/// Keys of up to `lanes` positions, turned so that one feature of all positions is contiguous.
void transpose(const float* keys, Index stride, Index positions, Index head_dim, float* turned) {
  std::fill_n(turned, head_dim * lanes, 0.0F);
  for (Index p = 0; p < positions; ++p)
    for (Index d = 0; d < head_dim; ++d) turned[d * lanes + p] = keys[p * stride + d];
}

/// scores[lanes] = scale * sum over d, in order, of query[d] * turned[d][lanes].
AIMC_VECTOR_CLONES void score_lanes(const float* query, const float* turned, Index head_dim, float scale,
                                    float* scores) {
  float sums[lanes] = {};
  for (Index d = 0; d < head_dim; ++d)
    for (Index lane = 0; lane < lanes; ++lane) sums[lane] += query[d] * turned[d * lanes + lane];
  for (Index lane = 0; lane < lanes; ++lane) scores[lane] = sums[lane] * scale;
}

/// weights[i] = exp(weights[i] - maximum); returns their sum over fixed lanes.
AIMC_VECTOR_CLONES float exponentiate(float* weights, Index count, float maximum) {
  float sums[lanes] = {};
  Index i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (Index lane = 0; lane < lanes; ++lane) {
      const float e = exponential(weights[i + lane] - maximum);
      weights[i + lane] = e;
      sums[lane] += e;
    }
  }
  for (; i < count; ++i) {
    weights[i] = exponential(weights[i] - maximum);
    sums[i % lanes] += weights[i];
  }
  float sum = 0;
  for (const float lane : sums) sum += lane;
  return sum;
}

/// out[head_dim] = sum over positions, in order, of weights[p] * values[p].
AIMC_VECTOR_CLONES void mix_values(const float* weights, Index positions, const float* values, Index stride,
                                   Index head_dim, float* out) {
  std::fill_n(out, head_dim, 0.0F);
  Index p = 0;
  for (; p + 4 <= positions; p += 4) {  // the same order as one by one, with a quarter of the loads and stores
    const float* v = values + p * stride;
    for (Index d = 0; d < head_dim; ++d)
      out[d] = (((out[d] + weights[p] * v[d]) + weights[p + 1] * v[stride + d]) + weights[p + 2] * v[2 * stride + d]) +
               weights[p + 3] * v[3 * stride + d];
  }
  for (; p < positions; ++p)
    for (Index d = 0; d < head_dim; ++d) out[d] += weights[p] * values[p * stride + d];
}

void run(const Task& task) {
  const auto seen_from = [&](Index position) {
    return task.window > 0 ? std::max<Index>(0, position + 1 - task.window) : 0;
  };
  const Index last = task.first_position + task.tokens - 1;
  // Blocks start at multiples of `lanes`, so that a query's arithmetic does not depend on its neighbours.
  const Index begin = seen_from(task.first_position) / lanes * lanes;
  const Index width = (last + lanes - begin) / lanes * lanes;
  const auto scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(task.head_dim)));
  std::vector<float> scores(static_cast<std::size_t>(task.tokens * task.group * width));
  std::vector<float> turned(static_cast<std::size_t>(task.head_dim * lanes));
  for (Index block = begin; block <= last; block += lanes) {
    transpose(task.keys + block * task.kv_stride, task.kv_stride, std::min(lanes, last + 1 - block), task.head_dim,
              turned.data());
    for (Index query = std::max<Index>(0, block - task.first_position); query < task.tokens; ++query) {
      for (Index head = 0; head < task.group; ++head)
        score_lanes(task.query(query, head), turned.data(), task.head_dim, scale,
                    &scores[static_cast<std::size_t>((query * task.group + head) * width + block - begin)]);
    }
  }
  for (Index query = 0; query < task.tokens; ++query) {
    const Index position = task.first_position + query;
    const Index first = seen_from(position);
    const Index count = position + 1 - first;
    for (Index head = 0; head < task.group; ++head) {
      float* row = &scores[static_cast<std::size_t>((query * task.group + head) * width + first - begin)];
      const float sum = exponentiate(row, count, *std::max_element(row, row + count));
      float* out = task.out + query * task.out_stride + head * task.head_dim;
      mix_values(row, count, task.values + first * task.kv_stride, task.kv_stride, task.head_dim, out);
      for (Index d = 0; d < task.head_dim; ++d) out[d] /= sum;
    }
  }
}

}  // namespace

void attention(MatrixView q, const KvCache& cache, Index heads, Index window, MatrixSpan out) {
  const Index head_dim = heads > 0 ? q.cols() / heads : 0;
  const Index kv_heads = head_dim > 0 ? cache.keys().cols() / head_dim : 0;
  AIMC_CHECK(kv_heads > 0 && heads % kv_heads == 0 && kv_heads * head_dim == cache.keys().cols() &&
                 heads * head_dim == q.cols(),
             "{} heads in q [{}, {}], keys [{}, {}]", heads, q.rows(), q.cols(), cache.keys().rows(),
             cache.keys().cols());
  AIMC_CHECK(out.rows() == q.rows() && out.cols() == q.cols() && q.rows() <= cache.length(), "out [{}, {}], length {}",
             out.rows(), out.cols(), cache.length());
  const Index group = heads / kv_heads;
  const Index first_position = cache.length() - q.rows();
  const Index query_blocks = (q.rows() + queries_per_task - 1) / queries_per_task;
  const auto piece = [&](std::int64_t i) {
    // The longest pieces first, so that the threads end together.
    const Index token = (query_blocks - 1 - i / kv_heads) * queries_per_task;
    const Index kv_head = i % kv_heads;
    run({.queries = q.data() + token * q.outerStride() + kv_head * group * head_dim,
         .out = out.data() + token * out.outerStride() + kv_head * group * head_dim,
         .query_stride = q.outerStride(),
         .out_stride = out.outerStride(),
         .tokens = std::min(queries_per_task, q.rows() - token),
         .group = group,
         .keys = cache.keys().data() + kv_head * head_dim,
         .values = cache.values().data() + kv_head * head_dim,
         .kv_stride = cache.keys().cols(),
         .head_dim = head_dim,
         .first_position = first_position + token,
         .window = window});
  };
  if (q.rows() * cache.length() * q.cols() < worth_a_team) {
    for (Index i = 0; i < query_blocks * kv_heads; ++i) piece(i);
  } else {
    parallel_for(query_blocks * kv_heads, piece);
  }
}

}  // namespace aimc::tiles
