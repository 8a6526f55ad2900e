#include "sim/adapt/rotation/cayley.h"

#include <algorithm>

namespace aimc::adapt {

void CayleySgd::step(at::Tensor& matrix, const at::Tensor& gradient, double rate) {
  constexpr int iterations = 5;
  constexpr double contraction = 0.5, tiny = 1e-8;  // q and epsilon of the paper
  const at::NoGradGuard no_gradients;
  if (!direction_.defined()) direction_ = at::zeros_like(matrix);
  direction_ = momentum_ * direction_ - gradient;
  const at::Tensor inner = at::mm(matrix.t(), direction_);
  const at::Tensor half = at::mm(direction_ - 0.5 * at::mm(matrix, inner), matrix.t());
  const at::Tensor skew = half - half.t();
  direction_ = at::mm(skew, matrix);  // the momentum, projected onto the tangent space
  // The iteration converges while the step is below the inverse of the skew matrix's norm.
  const double step = std::min(rate, 2 * contraction / (skew.norm().item<double>() + tiny));
  at::Tensor next = matrix + step * direction_;
  for (int i = 0; i < iterations; ++i) next = matrix + step / 2 * at::mm(skew, matrix + next);
  matrix.copy_(next);
}

}  // namespace aimc::adapt
