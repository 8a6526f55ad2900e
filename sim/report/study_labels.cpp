#include "sim/report/study_labels.h"

#include <fmt/format.h>

#include <sstream>

#include "sim/report/labels.h"

namespace aimc::sim {

MetricStyle style_of(StudyMetric metric) {
  if (metric == StudyMetric::bits_per_character) return {"bits/character", "bits_per_character", 1, 4};
  return {"cloze %", "cloze_accuracy", 100, 1};
}

std::string with_spread(const Spread& spread, const MetricStyle& style) {
  const std::string mean = fmt::format("{:.{}f}", spread.mean * style.scale, style.digits);
  if (spread.values.size() < 2) return mean;
  return fmt::format("{} ± {:.{}f}", mean, spread.std * style.scale, style.digits);
}

std::string with_interval(const PairedDifference& difference, const MetricStyle& style) {
  const std::string mean = fmt::format("{:+.{}f}", difference.mean * style.scale, style.digits);
  if (difference.low == difference.mean && difference.high == difference.mean)
    return difference.mean == 0 ? mean : mean + " ± n/a";
  return fmt::format("{} ± {:.{}f}", mean, (difference.high - difference.mean) * style.scale, style.digits);
}

std::string items_line(std::int64_t texts, std::int64_t characters, std::int64_t choices, std::int64_t seeds) {
  const std::string items = texts > 0
                                ? fmt::format("{} text{}, {} characters", texts, texts == 1 ? "" : "s", characters)
                                : fmt::format("{} cloze item{}", choices, choices == 1 ? "" : "s");
  return fmt::format("{}; {} noise seed{}, the same for all", items, seeds, seeds == 1 ? "" : "s");
}

std::string wrapped(const std::string& text) {
  constexpr std::size_t columns = 79;
  std::istringstream words(text);
  std::string lines, line;
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > columns) {
      lines += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return lines + line + "\n";
}

}  // namespace aimc::sim
