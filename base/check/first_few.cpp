#include "base/check/first_few.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace aimc {

std::string first_few(const std::vector<std::string>& complaints, const std::string& between, std::size_t most) {
  const std::size_t shown = std::min(complaints.size(), most);
  const auto end = complaints.begin() + static_cast<std::ptrdiff_t>(shown);
  std::string text = fmt::format("{}", fmt::join(complaints.begin(), end, between));
  if (shown < complaints.size()) text += fmt::format("{}and {} more", between, complaints.size() - shown);
  return text;
}

}  // namespace aimc
