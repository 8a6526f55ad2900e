#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/units/quantity.h"

namespace aimc::sim {

/// Chooses which decode tokens of a request are simulated: the ends, the tokens where attention windows begin to limit,
/// then midpoints, for as long as a simulated midpoint and the straight line between its neighbours differ by more than
/// the tolerance. Several requests have windows of positions in the place of tokens (DecodeWindows).
class DecodeSampler {
 public:
  /// Tokens [first, last]; `kinks` are tokens where the time is known to bend. tolerance: of a token's time, relative.
  /// settled: the first token has nothing to do with the prompt, and kinks have been told from both sides.
  DecodeSampler(std::int64_t first, std::int64_t last, const std::vector<std::int64_t>& kinks, double tolerance,
                bool settled = false);

  /// The next token to simulate that has not been measured; none when the line is good enough. Tell measured() before
  /// asking again.
  [[nodiscard]] std::optional<std::int64_t> next();
  void measured(std::int64_t token, Time time);

  /// Largest deviation found where the line was accepted.
  [[nodiscard]] double largest_deviation() const { return largest_; }

 private:
  [[nodiscard]] double deviation(std::int64_t begin, std::int64_t middle, std::int64_t end) const;

  const double tolerance_;
  std::vector<std::int64_t> corners_;                            // to simulate first, the last one first
  std::vector<std::pair<std::int64_t, std::int64_t>> segments_;  // to check
  std::map<std::int64_t, Time> times_;
  double largest_ = 0;
};

}  // namespace aimc::sim
