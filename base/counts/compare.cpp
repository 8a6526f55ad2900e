#include "base/counts/compare.h"

#include <algorithm>
#include <array>
#include <map>

namespace aimc {

namespace {

// Not the bytes of weight streams: how many tokens share one is a matter of time, which the functional executor does
// not know.
constexpr std::array shared_actions = {
    Action::mvm,          Action::dac_conversion, Action::cell_read,         Action::adc_conversion,
    Action::affine,       Action::accumulate,     Action::digital_mac,       Action::attention_mac,
    Action::kv_read_byte, Action::kv_write_byte,  Action::kv_sram_read_byte, Action::kv_sram_write_byte};

struct Place {
  Action action;
  std::uint32_t operator_id;
  Phase phase;
  auto operator<=>(const Place&) const = default;
};

struct Pair {
  std::int64_t functional = 0, timing = 0;
};

void gather(const Counts& counts, std::int64_t Pair::* side, std::map<Place, Pair>& pairs) {
  for (const auto& [key, times] : counts.entries()) {
    if (std::ranges::find(shared_actions, key.action) == shared_actions.end()) continue;
    pairs[{key.action, key.operator_id, key.phase}].*side += times;
  }
}

}  // namespace

std::span<const Action> actions_of_both_executors() { return shared_actions; }

std::vector<CountDifference> compare_counts(const Counts& functional, const Counts& timing) {
  std::map<Place, Pair> pairs;
  gather(functional, &Pair::functional, pairs);
  gather(timing, &Pair::timing, pairs);
  std::vector<CountDifference> differences;
  for (const auto& [place, pair] : pairs) {
    if (pair.functional == pair.timing) continue;
    differences.push_back({place.action, place.operator_id, place.phase, pair.functional, pair.timing});
  }
  return differences;
}

}  // namespace aimc
