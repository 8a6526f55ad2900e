#include "sim/report/item_lines.h"

#include <fmt/format.h>

namespace aimc::sim {

std::string item_lines(const std::string& title, std::size_t indent, const std::vector<std::string>& items) {
  constexpr std::size_t width = 79;
  std::string text, line = fmt::format("{:<{}}", title, indent);
  for (const std::string& item : items) {
    if (line.size() + item.size() + 2 > width) {
      text += line + "\n";
      line = std::string(indent, ' ');
    }
    line += (line.size() > indent ? ", " : "") + item;
  }
  return text + line + "\n";
}

}  // namespace aimc::sim
