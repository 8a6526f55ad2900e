#pragma once
#include <cmath>
#include <functional>

#include "base/random/stream.h"
#include "sim/adapt/torch.h"
#include "workloads/model/model.h"

namespace aimc::adapt::test {

/// Standard normals [rows, columns], keyed by a name.
inline at::Tensor normals(const std::string& name, std::int64_t rows, std::int64_t columns) {
  at::Tensor values = at::empty({rows, columns}, at::kFloat);
  fill_normal(RandomKey(17).child(name), 0, values.data_ptr<float>(), values.numel());
  return values;
}

/// Largest relative difference between the gradient of f(x) along some directions and its central difference; f is a
/// smooth scalar function. Relative to the larger of both and to 1 % of the gradient's norm.
inline double gradient_error(const std::function<at::Tensor(const at::Tensor&)>& f, const at::Tensor& at_point) {
  at::Tensor x = at_point.detach().clone().requires_grad_(true);
  f(x).backward();
  const at::Tensor gradient = x.grad().to(at::kDouble);
  const double norm = gradient.norm().item<double>();
  double worst = 0;
  for (int direction = 0; direction < 4; ++direction) {
    const at::Tensor step =
        normals("direction " + std::to_string(direction), x.size(0), x.numel() / x.size(0)).reshape(x.sizes());
    constexpr double h = 1e-2;
    const at::NoGradGuard no_gradients;
    const double up = f(at_point + step * h).item<double>(), down = f(at_point - step * h).item<double>();
    const double numeric = (up - down) / (2 * h), exact = (gradient * step).sum().item<double>();
    worst = std::max(worst, std::abs(numeric - exact) / std::max({std::abs(numeric), std::abs(exact), 0.01 * norm}));
  }
  return worst;
}

/// A Llama of one layer, without weights.
inline workloads::Model tiny_model(std::int64_t hidden) {
  workloads::Model model;
  model.config = {.name = "tiny",
                  .hidden = hidden,
                  .intermediate = 16,
                  .layers = 1,
                  .heads = 1,
                  .kv_heads = 1,
                  .head_dim = 8,
                  .vocabulary = 12,
                  .context = 8};
  model.graph = workloads::build_graph(model.config);
  return model;
}

}  // namespace aimc::adapt::test
