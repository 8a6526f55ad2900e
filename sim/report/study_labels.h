#pragma once
#include <string>

#include "sim/experiment/study.h"

namespace aimc::sim {

/// How the values of a study are printed: bits per character as they are, accuracies in per cent.
struct MetricStyle {
  const char* name;  ///< "bits/character", "cloze %"
  const char* key;   ///< of JSON and CSV: "bits_per_character", "cloze_accuracy"
  double scale;
  int digits;
};
[[nodiscard]] MetricStyle style_of(StudyMetric metric);

/// "1.0592 ± 0.0020"; without the spread for a single value.
[[nodiscard]] std::string with_spread(const Spread& spread, const MetricStyle& style);
/// "+0.0120 ± 0.0030", the half width of the 95 % interval; "n/a" for it where one pair alone has none.
[[nodiscard]] std::string with_interval(const PairedDifference& difference, const MetricStyle& style);
/// "45 texts, 41000 characters; 5 noise seeds, the same for all".
[[nodiscard]] std::string items_line(std::int64_t texts, std::int64_t characters, std::int64_t choices,
                                     std::int64_t seeds);
/// Words in lines of at most 79 columns.
[[nodiscard]] std::string wrapped(const std::string& text);

}  // namespace aimc::sim
