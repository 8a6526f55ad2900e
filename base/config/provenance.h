#pragma once
#include <map>
#include <string>

namespace aimc::config {

/// Where a value of a configuration comes from.
enum class ValueKind { published, derived, assumed, user, unspecified };

/// What the report can say about one configured value.
struct Provenance {
  std::string value;   ///< as written, with its unit
  ValueKind kind = ValueKind::unspecified;
  std::string source;  ///< paper, arithmetic, or the reason for an assumption
  std::string where;   ///< file:line or "--set"
};

/// Key path ("hardware.tile.adc.bits") -> provenance, for every value that a file or --set gave.
using ProvenanceTable = std::map<std::string, Provenance>;

}  // namespace aimc::config
