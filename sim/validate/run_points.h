#pragma once
#include <string>
#include <vector>

#include "sim/validate/measure.h"
#include "sim/validate/point.h"

namespace aimc::sim {

/// A figure beside its expected value.
struct FigureResult {
  std::string figure;
  double expected = 0, simulated = 0;
  double deviation = 0;  ///< simulated / expected - 1
  double tolerance = 0;
  Relation relation = Relation::within;
  PointKind kind = PointKind::calibrated;
  bool passed = false;
};
struct CaseResult {
  std::string name;
  std::vector<FigureResult> figures;
};
struct PointResult {
  ValidationPoint point;
  std::vector<CaseResult> cases;
  [[nodiscard]] bool passed() const;
};

/// Figures of a case beside what is expected of them. Throws ConfigError for a figure that the case does not measure.
[[nodiscard]] CaseResult compare(const ValidationPoint& point, const ValidationCase& one, const Figures& measured);

/// Measures every case of the points whose id is in `ids` (all when it is empty), each in a child process of this
/// program (`validate --measure ID/NUMBER`), because SystemC elaborates once a process. Throws ConfigError for an id
/// that is not there, and what a child reports with its kind.
[[nodiscard]] std::vector<PointResult> run_points(const std::vector<ValidationFile>& files,
                                                  const std::vector<std::string>& ids);

/// What such a child does: measures the case "ID/NUMBER" and returns its figures as JSON text.
[[nodiscard]] std::string measure_as_json(const std::vector<ValidationFile>& files, const std::string& which);

}  // namespace aimc::sim
