#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/parallel/parallel.h"
#include "tests/tiles/random_matrix.h"
#include "tiles/digital/operators.h"

namespace aimc::tiles {
namespace {

using testing::gaussian;

struct Shape {
  Index heads, kv_heads, head_dim, window, past, tokens;
};

/// One query and head at a time, in double, with the mask written out.
Matrix naive_attention(const Matrix& q, const Matrix& k, const Matrix& v, const Shape& s) {
  Matrix out(q.rows(), q.cols());
  for (Index t = 0; t < q.rows(); ++t) {
    const Index now = k.rows() - q.rows() + t;
    for (Index h = 0; h < s.heads; ++h) {
      const Index kv = h / (s.heads / s.kv_heads);
      std::vector<double> p(static_cast<std::size_t>(k.rows()), 0.0);
      double total = 0;
      for (Index j = 0; j <= now; ++j) {
        if (s.window > 0 && now - j >= s.window) continue;
        double dot = 0;
        for (Index d = 0; d < s.head_dim; ++d)
          dot += double(q(t, h * s.head_dim + d)) * double(k(j, kv * s.head_dim + d));
        total += p[static_cast<std::size_t>(j)] = std::exp(dot / std::sqrt(double(s.head_dim)));
      }
      for (Index d = 0; d < s.head_dim; ++d) {
        double sum = 0;
        for (Index j = 0; j <= now; ++j) sum += p[static_cast<std::size_t>(j)] * double(v(j, kv * s.head_dim + d));
        out(t, h * s.head_dim + d) = static_cast<float>(sum / total);
      }
    }
  }
  return out;
}

class AttentionShapes : public ::testing::TestWithParam<Shape> {
 protected:
  Shape s = GetParam();
  Matrix q = gaussian(s.tokens, s.heads* s.head_dim, 1);
  Matrix k = gaussian(s.past + s.tokens, s.kv_heads* s.head_dim, 2);
  Matrix v = gaussian(s.past + s.tokens, s.kv_heads* s.head_dim, 3);
};
INSTANTIATE_TEST_SUITE_P(, AttentionShapes,
                         ::testing::Values(Shape{8, 4, 8, 0, 0, 1}, Shape{8, 4, 8, 0, 0, 37},
                                           Shape{6, 2, 48, 0, 100, 3}, Shape{4, 4, 64, 0, 0, 200},
                                           Shape{8, 1, 16, 20, 0, 90}, Shape{2, 2, 6, 7, 33, 1},
                                           Shape{3, 3, 80, 1, 5, 5}, Shape{4, 2, 32, 1000, 40, 18}));

TEST_P(AttentionShapes, AgreesWithTheNaiveOne) {
  KvCache cache(s.past + s.tokens + 5, s.kv_heads, s.head_dim, 32);
  cache.append(k, v);
  Matrix out(q.rows(), q.cols());
  attention(q, cache, s.heads, s.window, out);
  EXPECT_LT((out - naive_attention(q, k, v, s)).cwiseAbs().maxCoeff(), 3e-6F);
}

TEST_P(AttentionShapes, TokenByTokenGivesTheBitsOfPrefill) {
  KvCache cache(s.past + s.tokens, s.kv_heads, s.head_dim, 16);
  cache.append(k, v);
  Matrix prefill(q.rows(), q.cols());
  set_thread_count(3);
  attention(q, cache, s.heads, s.window, prefill);
  set_thread_count(1);
  cache.truncate(s.past);
  for (Index t = 0; t < s.tokens; ++t) {
    cache.append(k.row(s.past + t), v.row(s.past + t));
    Matrix out(1, q.cols());
    attention(q.row(t), cache, s.heads, s.window, out);
    EXPECT_EQ(std::memcmp(out.data(), prefill.row(t).data(), static_cast<std::size_t>(out.size()) * 4), 0) << t;
  }
  set_thread_count(0);
}

TEST(KvCache, ForgetsAndAppends) {
  const Matrix k = gaussian(6, 8, 1), v = gaussian(6, 8, 2), other = gaussian(2, 8, 3);
  KvCache cache(10, 2, 4, 32);
  cache.append(k, v);
  cache.truncate(3);
  EXPECT_EQ(cache.length(), 3);
  cache.append(other, v.topRows(2));
  EXPECT_EQ(cache.length(), 5);
  EXPECT_EQ(cache.keys().topRows(3), k.topRows(3));
  EXPECT_EQ(cache.keys().middleRows(3, 2), other);
  EXPECT_EQ(cache.values().middleRows(3, 2), v.topRows(2));
}

TEST(KvCache, SixteenBitsRoundToTheNearestHalf) {
  Matrix k(1, 4);
  k << 1.0F + 0x1p-11F, 1.0F + 3 * 0x1p-11F, 1e6F, 0x1p-24F * 0.5F;
  KvCache cache(1, 1, 4, 16);
  cache.append(k, k);
  EXPECT_EQ(cache.keys()(0, 0), 1.0F);            // tie, to the even neighbour
  EXPECT_EQ(cache.keys()(0, 1), 1.0F + 0x1p-9F);  // tie, to the even neighbour
  EXPECT_EQ(cache.keys()(0, 2), 65504.0F);        // saturates
  EXPECT_EQ(cache.keys()(0, 3), 0.0F);            // half the smallest subnormal
}

TEST(KvCache, SixteenBitsAreThoseOfTheHalfType) {
  Matrix k(1, 4000);
  for (Index i = 0; i < 4000; ++i)
    k(0, i) = static_cast<float>(std::ldexp(1.0 + 0.000731 * double(i), int(i % 41) - 26));
  KvCache cache(1, 1, 4000, 16);
  cache.append(k, -k);
  for (Index i = 0; i < 4000; ++i) {
    const auto expected = static_cast<float>(static_cast<Eigen::half>(std::min(k(0, i), 65504.0F)));
    ASSERT_EQ(cache.keys()(0, i), expected) << k(0, i);
    ASSERT_EQ(cache.values()(0, i), -expected);
  }
}

TEST(KvCache, EightBitsKeep255CodesPerHeadAndToken) {
  Matrix k(2, 6);
  k << 127, -63.4F, 0.5F, 0.0127F, 0.00004F, -0.0063F, 0, 0, 0, 1, -1, 0.3F;
  KvCache cache(2, 2, 3, 8);
  cache.append(k, k);
  Matrix expected(2, 6);
  expected << 127, -63, 0, 0.0127F, 0, -0.0063F, 0, 0, 0, 1, -1, 38 / 127.0F;
  EXPECT_LT((cache.values() - expected).cwiseAbs().maxCoeff(), 1e-6F);
}

}  // namespace
}  // namespace aimc::tiles
