#include "base/units/duration.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace aimc {

WholeDuration whole_duration(double seconds) {
  using namespace std::string_view_literals;
  if (seconds == 0) return {0, "s"};
  for (const auto& [unit, length] : {std::pair("year"sv, 31536000.0), std::pair("day"sv, 86400.0),
                                     std::pair("h"sv, 3600.0), std::pair("min"sv, 60.0)})
    if (std::fmod(seconds, length) == 0) return {seconds / length, unit};
  return {seconds, "s"};
}

std::string duration_text(double seconds) {
  const auto [count, unit] = whole_duration(seconds);
  const bool is_word = unit == "day" || unit == "year";  // the others are symbols, which have no plural
  return fmt::format("{} {}{}", count, unit, is_word && count != 1 ? "s" : "");
}

}  // namespace aimc
