#pragma once
#include <string>

#include "base/config/node.h"
#include "base/config/value.h"

namespace aimc::config {

/// Reads a scalar by its type and checks its range. ConfigError, without the place, when it does not fit. A relative
/// path is taken from the directory of the file it is written in (from the current one for --set).
[[nodiscard]] Value read_scalar(const Node& node, const ValueType& type);

/// The value as a configuration file writes it: "130 ns", "pwm", "12".
[[nodiscard]] std::string written(const Value& value, const ValueType& type);

/// What is expected, for messages and the reference: "an integer from 1 to 8", "one of pwm, bit_serial".
[[nodiscard]] std::string expectation(const ValueType& type);

/// The allowed range alone: "1 to 8", "above 0", or "" when there is none worth naming.
[[nodiscard]] std::string range_text(const ValueType& type);

}  // namespace aimc::config
