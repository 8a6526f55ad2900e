// The network's digital operators: gradients against differences, values against plain loops.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/parallel/parallel.h"
#include "sim/adapt/operators.h"
#include "tests/adapt/fixture.h"

namespace aimc::adapt {
namespace {

const workloads::AttentionOp grouped{.heads = 4, .kv_heads = 2, .head_dim = 8, .window = 0, .layer = 0};
const BatchShape two_of_seven{2, 7};

at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const workloads::AttentionOp& op = grouped) {
  return attention(q, k, v, op, two_of_seven, at::kFloat);
}

/// One query head of one position, in double, as the definition says it.
std::vector<double> expected_head(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int sequence,
                                  int position, int head, int window) {
  const int first = window > 0 ? std::max(0, position + 1 - window) : 0;
  const auto value = [&](const at::Tensor& x, int at, int h, int d) {
    return x[sequence * 7 + at][h * 8 + d].item<double>();
  };
  std::vector<double> weights, out(8);
  double sum = 0;
  for (int other = first; other <= position; ++other) {
    double score = 0;
    for (int d = 0; d < 8; ++d) score += value(q, position, head, d) * value(k, other, head / 2, d);
    weights.push_back(std::exp(score / std::sqrt(8.0)));
    sum += weights.back();
  }
  for (int other = first; other <= position; ++other)
    for (int d = 0; d < 8; ++d)
      out[static_cast<std::size_t>(d)] +=
          weights[static_cast<std::size_t>(other - first)] / sum * value(v, other, head / 2, d);
  return out;
}

TEST(Attention, IsCausalGroupedAndWindowed) {
  const at::Tensor q = test::normals("q", 14, 32), k = test::normals("k", 14, 16), v = test::normals("v", 14, 16);
  for (const int window : {0, 3}) {
    workloads::AttentionOp op = grouped;
    op.window = window;
    const at::Tensor y = attend(q, k, v, op);
    for (const int sequence : {0, 1})
      for (const int position : {0, 4, 6})
        for (const int head : {0, 3}) {
          const auto expected = expected_head(q, k, v, sequence, position, head, window);
          for (int d = 0; d < 8; ++d)
            EXPECT_NEAR(y[sequence * 7 + position][head * 8 + d].item<double>(), expected[static_cast<std::size_t>(d)],
                        1e-5);
        }
  }
}

TEST(Attention, GradientsAgreeWithDifferences) {
  const at::Tensor q = test::normals("q", 14, 32), k = test::normals("k", 14, 16), v = test::normals("v", 14, 16),
                   mix = test::normals("mix", 14, 32);
  EXPECT_LT(test::gradient_error([&](const at::Tensor& x) { return (attend(x, k, v) * mix).sum(); }, q), 5e-3);
  EXPECT_LT(test::gradient_error([&](const at::Tensor& x) { return (attend(q, x, v) * mix).sum(); }, k), 5e-3);
  EXPECT_LT(test::gradient_error([&](const at::Tensor& x) { return (attend(q, k, x) * mix).sum(); }, v), 5e-3);
}

/// Attention of whole matrices by libtorch's own operators, which keep what their gradients need.
at::Tensor plain_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const BatchShape& shape,
                           int window) {
  const auto heads = [&](const at::Tensor& x, int count, int repeat) {
    return x.reshape({shape.sequences, shape.length, count, 8}).transpose(1, 2).repeat_interleave(repeat, 1);
  };
  const at::Tensor distance = at::arange(shape.length).unsqueeze(1) - at::arange(shape.length);
  at::Tensor hidden = distance.lt(0);
  if (window > 0) hidden = hidden.logical_or(distance.ge(window));
  const at::Tensor scores = at::matmul(heads(q, 4, 1), heads(k, 2, 2).transpose(2, 3)) / std::sqrt(8.0);
  return at::matmul(scores.masked_fill(hidden, -INFINITY).softmax(-1), heads(v, 2, 2))
      .transpose(1, 2)
      .reshape({-1, 32});
}

/// q, k and v [2 sequences x length, heads x 8], whose gradients are asked for.
std::vector<at::Tensor> long_inputs(std::int64_t length) {
  std::vector<at::Tensor> inputs;
  for (const auto& [name, columns] : {std::pair{"q", 32}, std::pair{"k", 16}, std::pair{"v", 16}})
    inputs.push_back(test::normals(name, 2 * length, columns).requires_grad_(true));
  return inputs;
}

double relative_error(const at::Tensor& of, const at::Tensor& to) {
  return ((of - to).norm() / to.norm()).item<double>();
}

// One and several blocks of positions, whole and not, and windows that begin within them.
TEST(Attention, LongSequencesAgreeWithPlainOperatorsForwardsAndBackwards) {
  for (const auto& [length, window] : {std::pair{128, 0}, {131, 0}, {300, 0}, {131, 20}, {300, 20}, {300, 140}})
    for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
      SCOPED_TRACE(testing::Message() << length << " positions, window " << window << ", " << type);
      const double tolerance = type == at::kFloat ? 1e-5 : 1e-2;
      const BatchShape shape{2, length};
      workloads::AttentionOp op = grouped;
      op.window = window;
      const auto ours = long_inputs(length), theirs = long_inputs(length);
      const at::Tensor y = attention(ours[0], ours[1], ours[2], op, shape, type),
                       expected = plain_attention(theirs[0], theirs[1], theirs[2], shape, window),
                       mix = test::normals("mix", 2 * length, 32);
      EXPECT_LT(relative_error(y, expected), tolerance);
      (y * mix).sum().backward();
      (expected * mix).sum().backward();
      for (std::size_t i = 0; i < 3; ++i) EXPECT_LT(relative_error(ours[i].grad(), theirs[i].grad()), tolerance) << i;
    }
}

TEST(Attention, ThreadsDecideHowManyHeadsAreTakenAtOnceAndNoBits) {
  const auto attended = [](int threads) {
    set_thread_count(threads);
    const auto x = long_inputs(1300);
    const at::Tensor y = attention(x[0], x[1], x[2], grouped, {2, 1300}, at::kFloat);
    y.square().sum().backward();
    set_thread_count(0);
    return std::vector{y.detach(), x[0].grad(), x[1].grad(), x[2].grad()};
  };
  const auto one = attended(1), eight = attended(8);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(at::equal(one[i], eight[i])) << i;
}

// A key that no row may see yet stays out of sums, however large its score.
TEST(Attention, KeysToComeDoNotMatter) {
  const BatchShape shape{1, 70};
  const at::Tensor q = test::normals("q", 70, 32), k = test::normals("k", 70, 16), v = test::normals("v", 70, 16);
  const at::Tensor before = attention(q, k, v, grouped, shape, at::kFloat);
  k[69] = 1e6;
  const at::Tensor after = attention(q, k, v, grouped, shape, at::kFloat);
  EXPECT_TRUE(at::equal(before.slice(0, 0, 69), after.slice(0, 0, 69)));
  EXPECT_FALSE(at::equal(before[69], after[69]));
}

TEST(Operators, GradientsAgreeWithDifferences) {
  const at::Tensor x = test::normals("x", 9, 20), y = test::normals("y", 9, 20), mix = test::normals("mix", 9, 20),
                   gain = test::normals("gain", 1, 20).reshape({20});
  const auto norm = [&](const at::Tensor& a, const at::Tensor& g) { return (rms_norm(a, g, 1e-5) * mix).sum(); };
  EXPECT_LT(test::gradient_error([&](const at::Tensor& a) { return norm(a, gain); }, x), 5e-3);
  EXPECT_LT(test::gradient_error([&](const at::Tensor& g) { return norm(x, g); }, gain), 5e-3);
  EXPECT_LT(test::gradient_error([&](const at::Tensor& a) { return (swiglu(a, y) * mix).sum(); }, x), 5e-3);
  EXPECT_LT(test::gradient_error([&](const at::Tensor& a) { return (swiglu(x, a) * mix).sum(); }, y), 5e-3);
}

TEST(Operators, RopeTurnsPairsByTheirAngles) {
  // Head of 4: pairs (0, 2) and (1, 3), or (0, 1) and (2, 3); at position 1 the first turns by 1, the second by 0.1.
  const BatchShape shape{1, 2};
  const workloads::RopeOp op{.heads = 1, .head_dim = 4};
  at::Tensor x = at::zeros({2, 4});
  x[1] = at::tensor({1.0F, 2.0F, 3.0F, 4.0F});
  const RopeTable table = rope_table({workloads::RopeLayout::split_halves, {1.0, 0.1}}, 2, at::kCPU);
  const double c = std::cos(1.0), s = std::sin(1.0), c1 = std::cos(0.1), s1 = std::sin(0.1);
  const auto near = [](const at::Tensor& row, std::vector<double> expected) {
    for (std::int64_t i = 0; i < 4; ++i)
      EXPECT_NEAR(row[i].item<double>(), expected[static_cast<std::size_t>(i)], 1e-6);
  };
  near(rope(x, op, shape, workloads::RopeLayout::split_halves, table)[1],
       {c * 1 - s * 3, c1 * 2 - s1 * 4, c * 3 + s * 1, c1 * 4 + s1 * 2});
  near(rope(x, op, shape, workloads::RopeLayout::interleaved, table)[1],
       {c * 1 - s * 2, c * 2 + s * 1, c1 * 3 - s1 * 4, c1 * 4 + s1 * 3});
  // The gradient turns back: a rotation keeps lengths.
  const at::Tensor y = x.clone().requires_grad_(true);
  rope(y, op, shape, workloads::RopeLayout::interleaved, table).square().sum().backward();
  EXPECT_TRUE(at::allclose(y.grad(), 2 * x, 1e-5, 1e-5));
}

}  // namespace
}  // namespace aimc::adapt
