#pragma once
#include <string>
#include <vector>

#include "sim/experiment/study.h"

namespace aimc::sim {

/// When and how accuracy is looked at.
struct LifetimeOptions {
  StudyOptions study;
  std::vector<double> seconds;  ///< after programming; empty: 1 s, 1 min, 1 h, 1 day, 1 week, 1 month, 1 year
  std::string device;           ///< instead of the deployment's own, without its options; empty: that
};

/// One way of undoing drift, at all times.
struct LifetimeSeries {
  tiles::DriftCompensation compensation = tiles::DriftCompensation::none;
  std::int64_t compensation_reads = 0;   ///< MVMs of the whole model to measure the factors once
  std::vector<Spread> values;            ///< [times] the study's metric
  std::vector<PairedDifference> losses;  ///< [times] to the floating-point reference
};

/// Accuracy over the time after programming. The same noise seeds and so the same programmed cells at all times.
struct LifetimeResult {
  std::string deployment, device;
  std::string resolved_yaml;  ///< the experiment with this deployment alone, held in this device
  StudyMetric metric = StudyMetric::bits_per_character;
  std::int64_t seeds = 0, texts = 0, characters = 0, choices = 0;
  Spread reference;             ///< the floating-point network
  std::vector<double> seconds;  ///< [times]
  std::vector<LifetimeSeries> series;
};

/// Evaluates the deployment at each time with no compensation, one factor a tile and one a column, over three noise
/// seeds unless the options say otherwise (fewer if the experiment has fewer). Throws ConfigError for a device that
/// does not change with time, naming those that do, and for a deployment without analog linears; and what Study throws.
[[nodiscard]] LifetimeResult live(const ExperimentSpec& spec, const LifetimeOptions& options,
                                  const RunProgress& progress);

/// "none", "per_tile", "per_column".
[[nodiscard]] std::string_view name(tiles::DriftCompensation compensation);

}  // namespace aimc::sim
