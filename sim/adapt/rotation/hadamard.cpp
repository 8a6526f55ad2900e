#include "sim/adapt/rotation/hadamard.h"

#include <fmt/format.h>

#include <cmath>

#include "base/check/error.h"

namespace aimc::adapt {
namespace {

bool is_prime(std::int64_t n) {
  if (n < 2) return false;
  for (std::int64_t d = 2; d * d <= n; ++d)
    if (n % d == 0) return false;
  return true;
}

/// Order q + 1: H = I + S with the skew matrix S whose core is the quadratic character of i - j modulo q.
at::Tensor paley(std::int64_t q) {
  std::vector<bool> is_square(static_cast<std::size_t>(q));
  for (std::int64_t i = 1; i < q; ++i) is_square[static_cast<std::size_t>(i * i % q)] = true;
  at::Tensor matrix = at::eye(q + 1, at::kDouble);
  auto entry = matrix.accessor<double, 2>();
  for (std::int64_t i = 1; i <= q; ++i) {
    entry[0][i] = 1;
    entry[i][0] = -1;
    for (std::int64_t j = 1; j <= q; ++j)
      if (i != j) entry[i][j] = is_square[static_cast<std::size_t>((i - j + q) % q)] ? 1 : -1;
  }
  return matrix;
}

at::Tensor hadamard(std::int64_t n) {
  if (n == 1) return at::ones({1, 1}, at::kDouble);
  if (n % 4 == 0 && (n - 1) % 4 == 3 && is_prime(n - 1)) return paley(n - 1);
  if (n % 2 != 0)
    throw InputError(
        fmt::format("no Hadamard matrix of a size with the factor {} is known here, so that this model "
                    "cannot be rotated",
                    n));
  const at::Tensor half = hadamard(n / 2);
  return at::cat({at::cat({half, half}, 1), at::cat({half, -half}, 1)}, 0);
}

}  // namespace

at::Tensor random_hadamard(std::int64_t n, const RandomKey& key) {
  at::Tensor matrix = hadamard(n) / std::sqrt(static_cast<double>(n));
  for (std::int64_t row = 0; row < n; ++row)
    if (uniform(key, static_cast<std::uint64_t>(row)) < 0.5) matrix[row].neg_();
  return matrix.to(at::kFloat);
}

}  // namespace aimc::adapt
