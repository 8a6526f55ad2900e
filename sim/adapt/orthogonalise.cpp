#include "sim/adapt/orthogonalise.h"

namespace aimc::adapt {

at::Tensor orthogonalise(const at::Tensor& matrices) {
  constexpr int iterations = 5;
  constexpr double a = 3.4445, b = -4.7750, c = 2.0315;  // of the paper
  const bool tall = matrices.size(1) > matrices.size(2);
  at::Tensor x = tall ? matrices.transpose(1, 2) : matrices;
  x = (x / (x.square().sum({1, 2}, true).sqrt() + 1e-7)).to(at::kBFloat16);
  for (int i = 0; i < iterations; ++i) {
    const at::Tensor gram = at::bmm(x, x.transpose(1, 2));
    x = a * x + at::bmm(b * gram + c * at::bmm(gram, gram), x);
  }
  x = x.to(at::kFloat);
  return tall ? x.transpose(1, 2) : x;
}

}  // namespace aimc::adapt
