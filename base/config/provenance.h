#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/config/uncertainty.h"

namespace aimc::config {

/// Where a value of a configuration comes from.
enum class ValueKind { published, derived, assumed, user, unspecified };

[[nodiscard]] std::string_view name(ValueKind kind);
/// The kind a file may write ("published", "derived", "assumed", "user"), or nothing.
[[nodiscard]] std::optional<ValueKind> value_kind(std::string_view name);

/// What the report can say about one configured value.
struct Provenance {
  std::string value;  ///< as written, with its unit
  ValueKind kind = ValueKind::unspecified;
  std::string source;                      ///< paper, arithmetic, or the reason for an assumption
  std::string note;                        ///< anything a reader should know besides the source
  std::optional<Uncertainty> uncertainty;  ///< as annotated; nothing: that of its kind
  std::string where;                       ///< file:line or "--set"
};

/// Key path ("hardware.tile.adc.bits") -> provenance, for every value that a file or --set gave.
using ProvenanceTable = std::map<std::string, Provenance>;

}  // namespace aimc::config
