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

constexpr Index lanes = KvCache::block_positions;  ///< positions scored together, features mixed together
constexpr Index queries_per_task = 16;
constexpr Index worth_a_team = Index{256} << 10;  ///< multiply-accumulates that outweigh waking the other threads

/// One kv head and some consecutive queries; all strides in floats.
struct Task {
  const float* queries;  ///< first query's first head of the group
  float* out;
  Index query_stride, out_stride;
  Index tokens, group;  ///< queries; heads that share this kv head
  const KvCache* cache;
  Index first_feature;  ///< of this kv head in a key or value
  Index head_dim;
  Index first_position;  ///< of the first query
  Index window;

  [[nodiscard]] const float* query(Index token, Index head) const {
    return queries + token * query_stride + head * head_dim;
  }
};

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

/// out[row][0, lanes) = sum over positions, in order, of weights[row][p] * values[p][0, lanes), for rows_at_once rows.
AIMC_VECTOR_CLONES void mix_lanes(const float* const* weights, Index positions, const float* __restrict values,
                                  Index stride, float* const* out) {
  float sums[rows_at_once][lanes] = {};
  for (Index p = 0; p < positions; ++p) {
    const float* v = values + p * stride;
    for (Index row = 0; row < rows_at_once; ++row) {
      const float weight = weights[row][p];
      for (Index lane = 0; lane < lanes; ++lane) sums[row][lane] += weight * v[lane];
    }
  }
  for (Index row = 0; row < rows_at_once; ++row)
    for (Index lane = 0; lane < lanes; ++lane) out[row][lane] = sums[row][lane];
}

/// The same for features [0, features), fewer than `lanes`, of one row.
void mix_rest(const float* weights, Index positions, const float* values, Index stride, Index features, float* out) {
  std::fill_n(out, features, 0.0F);
  for (Index p = 0; p < positions; ++p)
    for (Index d = 0; d < features; ++d) out[d] += weights[p] * values[p * stride + d];
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
  float unused[lanes];
  for (Index block = begin; block <= last; block += lanes) {
    const float* turned = task.cache->key_block(block / lanes) + task.first_feature * lanes;
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
      score_rows(queries, turned, task.head_dim, scale, to);
    }
  }
  return scores;
}

/// The heads of one token that share this kv head: out [group, head_dim] = weights [group, count] * values.
void mix(const Task& task, Index first, Index count, const float* const* weights, float* out) {
  const Index stride = task.cache->values().cols();
  const float* values = task.cache->values().data() + first * stride + task.first_feature;
  const Index whole = task.head_dim / lanes * lanes;
  float unused[lanes];
  for (Index head = 0; head < task.group; head += rows_at_once) {
    const float* rows[rows_at_once];
    float* to[rows_at_once];
    for (Index i = 0; i < rows_at_once; ++i) rows[i] = weights[std::min(head + i, task.group - 1)];
    for (Index d = 0; d < whole; d += lanes) {
      for (Index i = 0; i < rows_at_once; ++i)
        to[i] = head + i < task.group ? out + (head + i) * task.head_dim + d : unused;
      mix_lanes(rows, count, values + d, stride, to);
    }
  }
  if (whole == task.head_dim) return;
  for (Index head = 0; head < task.group; ++head)
    mix_rest(weights[head], count, values + whole, stride, task.head_dim - whole, out + head * task.head_dim + whole);
}

void run(const Task& task) {
  Scores scores = score(task);
  std::vector<const float*> weights(static_cast<std::size_t>(task.group));
  std::vector<float> sums(static_cast<std::size_t>(task.group));
  for (Index token = 0; token < task.tokens; ++token) {
    const Index position = task.first_position + token;
    const Index first = seen_from(task, position);
    const Index count = position + 1 - first;
    for (Index head = 0; head < task.group; ++head) {
      float* row = scores.at(token * task.group + head, first);
      weights[static_cast<std::size_t>(head)] = row;
      sums[static_cast<std::size_t>(head)] = exponentiate(row, count);
    }
    float* out = task.out + token * task.out_stride;
    mix(task, first, count, weights.data(), out);
    for (Index i = 0; i < task.group * task.head_dim; ++i) out[i] /= sums[static_cast<std::size_t>(i / task.head_dim)];
  }
}

}  // namespace

void attention(MatrixView q, const KvCache& cache, Index heads, Index window, MatrixSpan out) {
  const Index head_dim = heads > 0 ? q.cols() / heads : 0;
  const Index kv_heads = head_dim > 0 ? cache.width() / head_dim : 0;
  AIMC_CHECK(
      kv_heads > 0 && heads % kv_heads == 0 && kv_heads * head_dim == cache.width() && heads * head_dim == q.cols(),
      "{} heads in q [{}, {}], keys of {}", heads, q.rows(), q.cols(), cache.width());
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
         .cache = &cache,
         .first_feature = kv_head * head_dim,
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
