#pragma once
#include <string>

#include "base/config/provenance.h"

namespace aimc::sim {

/// Kind of the constant at a key path; unspecified when nothing gave it.
[[nodiscard]] inline config::ValueKind kind_of_constant(const config::ProvenanceTable& provenance,
                                                        const std::string& key) {
  const auto found = provenance.find(key);
  return found == provenance.end() ? config::ValueKind::unspecified : found->second.kind;
}

}  // namespace aimc::sim
