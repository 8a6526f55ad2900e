#pragma once
#include <array>
#include <cstdint>
#include <map>

#include "base/counts/counts.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::sim {

/// How often bound management repeats the MVMs of each linear in each phase, as the functional executor counted it for
/// the same workload (Action::retry per Action::mvm). Every MVM of the linear takes the mean: which one of them is
/// repeated depends on the token, and time never looks at tokens.
class MvmRepeats {
 public:
  /// Nothing is repeated.
  MvmRepeats() = default;
  explicit MvmRepeats(const Counts& functional);

  [[nodiscard]] bool has(std::uint32_t linear) const { return of_linear_.contains(linear); }
  /// The stages of an MVM with its repetitions: each keeps the array for one more drive and conversion (convert, and
  /// hold, since the next try needs the result of the last), loading and affine step happen once. To the nearest
  /// picosecond.
  [[nodiscard]] tiles::MvmTiming repeated(tiles::MvmTiming timing, std::uint32_t linear, Phase phase) const;

 private:
  struct Rate {
    std::int64_t retries = 0, mvms = 0;
  };
  std::map<std::uint32_t, std::array<Rate, 2>> of_linear_;  ///< [phase]; linears with retries only
};

}  // namespace aimc::sim
