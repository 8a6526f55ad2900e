#include <cmath>

#include "base/check/check.h"
#include "tiles/digital/operators.h"

namespace aimc::tiles {

void rope(MatrixSpan x, Index head_dim, std::span<const double> frequencies, bool interleaved, Index first_position) {
  const Index pairs = head_dim / 2;
  AIMC_CHECK(head_dim > 0 && head_dim % 2 == 0 && x.cols() % head_dim == 0, "rope of {} in heads of {}", x.cols(),
             head_dim);
  AIMC_CHECK(static_cast<Index>(frequencies.size()) == pairs, "{} frequencies", frequencies.size());
  const Index step = interleaved ? 2 : 1;         // between pairs
  const Index partner = interleaved ? 1 : pairs;  // within a pair
  Vector cosine(pairs), sine(pairs);
  for (Index token = 0; token < x.rows(); ++token) {
    const auto position = static_cast<double>(first_position + token);
    for (Index i = 0; i < pairs; ++i) {
      const double angle = position * frequencies[static_cast<std::size_t>(i)];
      cosine[i] = static_cast<float>(std::cos(angle));
      sine[i] = static_cast<float>(std::sin(angle));
    }
    float* row = x.row(token).data();
    for (float* head = row; head != row + x.cols(); head += head_dim) {
      for (Index i = 0; i < pairs; ++i) {
        const float a = head[i * step], b = head[i * step + partner];
        head[i * step] = a * cosine[i] - b * sine[i];
        head[i * step + partner] = a * sine[i] + b * cosine[i];
      }
    }
  }
}

}  // namespace aimc::tiles
