#pragma once
#include <filesystem>
#include <vector>

#include "sim/validate/point.h"

namespace aimc::sim {

/// The folder of the validation points: `validation` in $AIMCSIM_CONFIGS where it is there, else the project's own.
[[nodiscard]] std::filesystem::path validation_folder();

/// Reads every *.yaml of a folder, in the order of their names. Throws one ConfigError with every mistake: unknown
/// keys, an id given twice, an assembly that is not described, no points at all.
[[nodiscard]] std::vector<ValidationFile> load_points(const std::filesystem::path& folder);

}  // namespace aimc::sim
