#pragma once
#include <string_view>

#include "base/config/node.h"

namespace aimc::config {

/// Where the value at a dotted path ("model.path") was written; where it was not, the place of the last mapping on the
/// way that was.
[[nodiscard]] Origin origin_at(const Node& root, std::string_view path);

}  // namespace aimc::config
