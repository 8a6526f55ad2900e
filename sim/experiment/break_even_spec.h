#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/config/schema.h"

namespace aimc::sim {

/// What the experiment's hardware is compared with, and where.
struct BreakEvenSpec {
  std::vector<std::string> against{"npu-w4", "gpu-roofline"};  ///< hardware presets or files, all linears digital
  std::vector<std::int64_t> batch{1, 8, 32};                   ///< sequences that decode at the same time
  std::vector<std::int64_t> context{128, 1024, 4096};          ///< positions the last token sees
  std::int64_t tokens = 4;  ///< of each sequence; the first is warm-up and not measured
};

/// The keys of `breakeven` in an experiment file.
const config::Schema<BreakEvenSpec>& break_even_schema();

}  // namespace aimc::sim
