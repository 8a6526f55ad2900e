#pragma once
#include <optional>
#include <string>
#include <vector>

#include "workloads/model/weights.h"

namespace aimc::workloads {

/// Learned input ranges of a linear, stored beside its weights as LINEAR.input_range: [row tiles], [1, row tiles] or
/// one value; any number where row_tiles is not given. As read, [1, n]; nothing, and a complaint more, where they are
/// missing or do not fit.
std::optional<Matrix> read_input_ranges(const WeightSource& weights, const std::string& linear,
                                        std::optional<Index> row_tiles, std::vector<std::string>& complaints);

}  // namespace aimc::workloads
