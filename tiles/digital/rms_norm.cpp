#include <cmath>

#include "base/check/check.h"
#include "tiles/digital/operators.h"

namespace aimc::tiles {
namespace {

/// Sum of squares in fp64 over eight fixed lanes: the same order on every CPU.
double sum_of_squares(const float* x, Index count) {
  double lanes[8] = {};
  Index i = 0;
  for (; i + 8 <= count; i += 8)
    for (Index lane = 0; lane < 8; ++lane)
      lanes[lane] += static_cast<double>(x[i + lane]) * static_cast<double>(x[i + lane]);
  for (; i < count; ++i) lanes[i % 8] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

}  // namespace

void rms_norm(MatrixView x, std::span<const float> gain, double epsilon, MatrixSpan y) {
  const Index width = x.cols();
  AIMC_CHECK(static_cast<Index>(gain.size()) == width && y.cols() == width && y.rows() == x.rows(), "rms_norm of {}",
             width);
  for (Index token = 0; token < x.rows(); ++token) {
    const float* from = x.row(token).data();
    float* to = y.row(token).data();
    const double mean = sum_of_squares(from, width) / static_cast<double>(width);
    const auto scale = static_cast<float>(1.0 / std::sqrt(mean + epsilon));
    for (Index i = 0; i < width; ++i) to[i] = from[i] * scale * gain[static_cast<std::size_t>(i)];
  }
}

}  // namespace aimc::tiles
