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
constexpr Index worth_a_team = Index{256} << 10;  ///< multiply-accumulates that outweigh waking the other threads

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

constexpr Index rows_at_once = 4;  ///< independent sums that hide the latency of one another's additions

/// For each of rows_at_once queries: scores[lanes] = scale * sum over d, in order, of query[d] * turned[d][lanes].
AIMC_VECTOR_CLONES void score_rows(const float* const* queries, const float* __restrict turned, Index head_dim,
                                   float scale, float* const* scores) {
  float sums[rows_at_once][lanes] = {};
  for (Index d = 0; d < head_dim; ++d) {
    for (Index row = 0; row < rows_at_once; ++row) {
      const float feature = queries[row][d];
      for (Index lane = 0; lane < lanes; ++lane) sums[row][lane] += feature * turned[d * lanes + lane];
    }
  }
  for (Index row = 0; row < rows_at_once; ++row)
    for (Index lane = 0; lane < lanes; ++lane) scores[row][lane] = sums[row][lane] * scale;
}

/// Turns scores into exp(score - maximum) in place; returns their sum, over fixed lanes.
AIMC_VECTOR_CLONES float exponentiate(float* scores, Index count) {
  float tops[lanes];
  std::fill_n(tops, lanes, scores[0]);
  Index i = 0;
  for (; i + lanes <= count; i += lanes)
    for (Index lane = 0; lane < lanes; ++lane)
      tops[lane] = scores[i + lane] > tops[lane] ? scores[i + lane] : tops[lane];
  for (; i < count; ++i) tops[0] = std::max(tops[0], scores[i]);
  const float maximum = *std::max_element(tops, tops + lanes);

  float sums[lanes] = {};
  for (i = 0; i + lanes <= count; i += lanes) {
    for (Index lane = 0; lane < lanes; ++lane) {
      const float e = exponential(scores[i + lane] - maximum);
      scores[i + lane] = e;
      sums[lane] += e;
    }
  }
  for (; i < count; ++i) {
    scores[i] = exponential(scores[i] - maximum);
    sums[i % lanes] += scores[i];
  }
  float sum = 0;
  for (const float lane : sums) sum += lane;
  return sum;
}

/// out[head_dim] = sum over positions, in order, of weights[p] * values[p].
AIMC_VECTOR_CLONES void mix_values(const float* __restrict weights, Index positions, const float* __restrict values,
                                   Index stride, Index head_dim, float* __restrict out) {
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

/// Scores of one task, [tokens x group, width], from position `begin` on.
struct Scores {
  Index begin = 0, width = 0;
  std::vector<float> values;
  [[nodiscard]] float* at(Index row, Index position) { return values.data() + row * width + (position - begin); }
};

/// First position that a query at `position` sees.
Index seen_from(const Task& task, Index position) {
  return task.window > 0 ? std::max<Index>(0, position + 1 - task.window) : 0;
}

/// Blocks of positions start at multiples of `lanes`, so that a query's arithmetic does not depend on its neighbours.
Scores score(const Task& task) {
  const Index last = task.first_position + task.tokens - 1;
  const Index begin = seen_from(task, task.first_position) / lanes * lanes;
  const Index rows = task.tokens * task.group;
  Scores scores{begin, (last + lanes - begin) / lanes * lanes, {}};
  scores.values.resize(static_cast<std::size_t>(rows * scores.width));
  const auto scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(task.head_dim)));
  std::vector<float> turned(static_cast<std::size_t>(task.head_dim * lanes));
  float unused[lanes];
  for (Index block = begin; block <= last; block += lanes) {
    const Index positions = std::min(lanes, last + 1 - block);
    transpose(task.keys + block * task.kv_stride, task.kv_stride, positions, task.head_dim, turned.data());
    const Index first_row =
        std::max<Index>(0, block - task.first_position) * task.group;  // earlier ones see none of it
    for (Index row = first_row; row < rows; row += rows_at_once) {
      const float* queries[rows_at_once];
      float* to[rows_at_once];
      for (Index i = 0; i < rows_at_once; ++i) {
        const Index r = std::min(row + i, rows - 1);
        queries[i] = task.query(r / task.group, r % task.group);
        to[i] = row + i < rows ? scores.at(r, block) : unused;
      }
      score_rows(queries, turned.data(), task.head_dim, scale, to);
    }
  }
  return scores;
}

void run(const Task& task) {
  Scores scores = score(task);
  for (Index token = 0; token < task.tokens; ++token) {
    const Index position = task.first_position + token;
    const Index first = seen_from(task, position);
    const Index count = position + 1 - first;
    for (Index head = 0; head < task.group; ++head) {
      float* row = scores.at(token * task.group + head, first);
      const float sum = exponentiate(row, count);
      float* out = task.out + token * task.out_stride + head * task.head_dim;
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
