#pragma once
#include <string>
#include <string_view>

namespace aimc {

/// A time as a whole number of years (365 days), days, hours, minutes, else as seconds.
struct WholeDuration {
  double count = 0;
  std::string_view unit;  ///< "year", "day", "h", "min", "s"
};

/// With the largest unit that the time is a whole number of; zero is 0 s.
[[nodiscard]] WholeDuration whole_duration(double seconds);

/// The same for people: "1 day", "30 days", "90 s".
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace aimc
