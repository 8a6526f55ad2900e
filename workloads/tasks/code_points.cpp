#include "workloads/tasks/code_points.h"

#include <algorithm>

namespace aimc::workloads {

std::int64_t count_code_points(std::string_view text) {
  // Every byte but a continuation byte (10xxxxxx) begins a code point.
  return std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; });
}

}  // namespace aimc::workloads
