#include "sim/experiment/mvm/arrays.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "base/check/error.h"
#include "base/files/npy.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;

std::string shape_text(const NpyArray& array) { return fmt::format("[{}]", fmt::join(array.shape, ", ")); }

/// Place of an element in C order as indices: "[3, 17]".
std::string place_text(std::size_t at, const NpyArray& array) {
  std::vector<std::int64_t> indices(array.shape.size());
  auto rest = static_cast<std::int64_t>(at);
  for (std::size_t axis = indices.size(); axis-- > 0; rest /= array.shape[axis])
    indices[axis] = rest % array.shape[axis];
  return fmt::format("[{}]", fmt::join(indices, ", "));
}

void check_finite(const fs::path& file, const char* what, const NpyArray& array) {
  std::size_t broken = 0, first = 0;
  for (std::size_t i = array.values.size(); i-- > 0;) {
    if (std::isfinite(array.values[i])) continue;
    ++broken;
    first = i;
  }
  if (broken > 0)
    throw InputError(fmt::format("{}: {} of {} {} are not finite, the first is {} at {}", file.string(), broken,
                                 array.values.size(), what, array.values[first], place_text(first, array)));
}

}  // namespace

Matrix read_matrix(const fs::path& file, const char* what, const char* axes) {
  const NpyArray array = read_npy(file);
  if (array.shape.size() != 2)
    throw InputError(fmt::format("{}: {} must be a matrix {}; this array has the shape {}", file.string(), what, axes,
                                 shape_text(array)));
  if (array.values.empty())
    throw InputError(fmt::format("{}: {} {} of shape {} are empty", file.string(), what, axes, shape_text(array)));
  check_finite(file, what, array);
  return Eigen::Map<const Matrix>(array.values.data(), array.shape[0], array.shape[1]);
}

std::vector<float> read_input_ranges(const fs::path& file, Index count) {
  NpyArray array = read_npy(file);
  if (array.shape.size() != 1 || array.shape[0] != count)
    throw InputError(fmt::format("{}: input ranges must have the shape [{}], one for each row tile; this array has {}",
                                 file.string(), count, shape_text(array)));
  check_finite(file, "input ranges", array);
  for (std::size_t i = 0; i < array.values.size(); ++i)
    if (array.values[i] <= 0)
      throw InputError(fmt::format("{}: the input range of row tile {} is {}; ranges are positive", file.string(), i,
                                   array.values[i]));
  return array.values;
}

}  // namespace aimc::sim
