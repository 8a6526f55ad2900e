#include "sim/experiment/mvm/input_ranges.h"

#include <fmt/format.h>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "sim/experiment/mvm/arrays.h"
#include "sim/functional/range_statistics.h"

namespace aimc::sim {
namespace {

std::string describe(const CalibrationOptions& options) {
  switch (options.method) {
    case CalibrationMethod::maximum:
      return "largest magnitude of the inputs";
    case CalibrationMethod::quantile:
    case CalibrationMethod::moving_quantile:  // one batch: the same
      return fmt::format("quantile {} of the inputs' {}", options.quantile,
                         options.quantile_of == QuantileOf::magnitudes ? "magnitudes" : "signed values");
    case CalibrationMethod::standard_deviation:
      return fmt::format("{} standard deviations of the inputs", options.standard_deviations);
    case CalibrationMethod::checkpoint:
      break;  // a matrix alone has none; mvm reads --input-range
  }
  return "";
}

std::vector<float> calibrated(const Matrix& inputs, const std::vector<Index>& row_tiles,
                              const CalibrationOptions& options) {
  std::vector<Index> begins(row_tiles.size(), 0);
  for (std::size_t t = 1; t < begins.size(); ++t) begins[t] = begins[t - 1] + row_tiles[t - 1];
  const std::vector<bool> every_token(static_cast<std::size_t>(inputs.rows()), true);
  std::vector<float> ranges(row_tiles.size());
  parallel_for(std::ssize(row_tiles), [&](std::int64_t t) {
    const auto at = static_cast<std::size_t>(t);
    RangeStatistics statistics(options, inputs.rows(), row_tiles[at]);
    statistics.add(inputs.middleCols(begins[at], row_tiles[at]), every_token);
    ranges[at] = statistics.range();
  });
  return ranges;
}

}  // namespace

void choose_input_ranges(const Matrix& inputs, MvmResult& result) {
  const MvmRequest& request = result.request;
  if (result.hardware.tile.input.range == tiles::InputRangeMode::dynamic_range) {
    if (!request.input_ranges.empty())
      throw ConfigError(
          "--input-range gives static ranges, but the hardware takes the range of every vector (tile.input.range: "
          "dynamic); leave it out or say --range static");
    result.range_source = "largest magnitude of each vector in each row tile";
  } else if (!request.input_ranges.empty()) {
    result.input_ranges = read_input_ranges(request.input_ranges, std::ssize(result.row_tiles));
    result.range_source = request.input_ranges.filename().string();
  } else {
    result.input_ranges = calibrated(inputs, result.row_tiles, request.calibration);
    result.range_source = describe(request.calibration);
  }
}

}  // namespace aimc::sim
