#include "workloads/model/input_ranges.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <numeric>

namespace aimc::workloads {

std::optional<Matrix> read_input_ranges(const WeightSource& weights, const std::string& linear,
                                        std::optional<Index> row_tiles, std::vector<std::string>& complaints) {
  const std::string name = linear + ".input_range";
  const auto complain = [&](const std::string& what) {
    complaints.push_back(name + what);
    return std::nullopt;
  };
  const auto shape = weights.shape(name);
  if (!shape) return complain(" is missing");
  const auto count = std::accumulate(shape->begin(), shape->end(), Index{1}, std::multiplies<>());
  if (count == 0 || (row_tiles && count != 1 && count != *row_tiles))
    return complain(
        fmt::format(" has {} values, but this hardware cuts the linear into {} row tiles (one value would "
                    "serve all)",
                    count, row_tiles.value_or(1)));
  if (shape->size() > 2 || (shape->size() == 2 && shape->front() != 1))
    return complain(fmt::format(" has shape {}, not [row tiles]", *shape));
  Matrix values = weights.read(name, 1, count);
  if (!(values.array() > 0).all()) return complain(" holds a range that is not above zero");
  return values;
}

}  // namespace aimc::workloads
