#pragma once
#include <string>

namespace aimc::sim {

/// Whether a point reproduces an input of its own preset (calibrated: it tests the plumbing) or not (independent).
enum class PointKind { calibrated, independent };

/// One published figure against the simulator's.
struct Point {
  std::string id;        ///< of hardware.md section 4: "V2"
  std::string quantity;  ///< with its unit: "TOPS/W"
  double expected = 0;
  double simulated = 0;
  double tolerance = 0;  ///< largest relative deviation
  PointKind kind = PointKind::calibrated;
};

/// Prints expected, simulated, deviation and kind, and fails the test when the deviation is beyond the tolerance.
void compare(const Point& point);

}  // namespace aimc::sim
