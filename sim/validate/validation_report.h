#pragma once
#include <string>
#include <vector>

#include "sim/validate/run_points.h"

namespace aimc::sim {

/// A table of 80 columns: configuration, expected, simulated, deviation, tolerance, kind; then a summary.
[[nodiscard]] std::string validation_table(const std::vector<PointResult>& points);
/// The same with sources and readings.
[[nodiscard]] std::string validation_json(const std::vector<PointResult>& points);
/// The points and their sources, without measuring.
[[nodiscard]] std::string validation_list(const std::vector<ValidationFile>& files);

}  // namespace aimc::sim
