#include "base/config/provenance.h"

#include <array>

namespace aimc::config {
namespace {
constexpr std::array<std::string_view, 5> kind_names = {"published", "derived", "assumed", "user", "unspecified"};
}

std::string_view name(ValueKind kind) { return kind_names.at(static_cast<std::size_t>(kind)); }

std::optional<ValueKind> value_kind(std::string_view name) {
  for (std::size_t i = 0; i + 1 < kind_names.size(); ++i) {
    if (kind_names.at(i) == name) return static_cast<ValueKind>(i);
  }
  return std::nullopt;
}

}  // namespace aimc::config
