// The network's digital operators: gradients against differences, values against plain loops.
#include <gtest/gtest.h>

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
