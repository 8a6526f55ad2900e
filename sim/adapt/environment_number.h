#pragma once
#include <optional>

namespace aimc::adapt {

/// The number, not below zero, that an environment variable names; none where it is not set. Throws ConfigError for
/// other text.
std::optional<int> environment_number(const char* name);

}  // namespace aimc::adapt
