#include "point.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

namespace aimc::sim {

void compare(const Point& point) {
  const double deviation = point.simulated / point.expected - 1;
  const std::string line =
      fmt::format("{:<4} {:<12} expected {:>10.4g}  simulated {:>10.4g}  deviation {:>+7.2f} % of {:.0f} %  {}",
                  point.id, point.quantity, point.expected, point.simulated, 100 * deviation, 100 * point.tolerance,
                  point.kind == PointKind::calibrated ? "calibrated" : "independent");
  fmt::print("{}\n", line);
  EXPECT_LE(std::abs(deviation), point.tolerance) << line;
}

}  // namespace aimc::sim
