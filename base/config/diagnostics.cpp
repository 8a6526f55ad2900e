#include "base/config/diagnostics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check/error.h"

namespace aimc::config {

std::string Origin::text() const { return line > 0 ? fmt::format("{}:{}", file, line) : file; }

void Diagnostics::error(const Origin& origin, const std::string& key_path, const std::string& message) {
  std::string text = origin.text();
  if (!text.empty()) text += ": ";
  if (!key_path.empty()) text += key_path + ": ";
  messages_.push_back(text + message);
}

void Diagnostics::throw_if_any() const {
  if (!ok()) throw ConfigError(fmt::format("{}", fmt::join(messages_, "\n")));
}

}  // namespace aimc::config
