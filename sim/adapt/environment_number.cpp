#include "sim/adapt/environment_number.h"

#include <fmt/format.h>

#include <cstdlib>
#include <limits>

#include "base/check/error.h"

namespace aimc::adapt {

std::optional<int> environment_number(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return {};
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || value < 0 || value > std::numeric_limits<int>::max())
    throw ConfigError(fmt::format("{}={}: the environment names no number there", name, text));
  return static_cast<int>(value);
}

}  // namespace aimc::adapt
