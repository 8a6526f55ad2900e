#pragma once
#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// Gradient descent with momentum on orthogonal matrices: each step moves along the manifold by a Cayley transform,
/// found by a few fixed-point iterations (Li, Li and Todorovic, "Efficient Riemannian optimization on the Stiefel
/// manifold via the Cayley transform", ICLR 2020, algorithm 1).
class CayleySgd {
 public:
  explicit CayleySgd(double momentum) : momentum_(momentum) {}
  /// Moves the orthogonal matrix [n, n] against its gradient.
  void step(at::Tensor& matrix, const at::Tensor& gradient, double rate);

 private:
  double momentum_;
  at::Tensor direction_;
};

}  // namespace aimc::adapt
