#pragma once
#include <cstdint>
#include <map>
#include <string_view>

#include "base/counts/action.h"

namespace aimc {

enum class Phase : std::uint8_t { prefill, decode };
[[nodiscard]] std::string_view name(Phase phase);

/// What is counted: an action of a component for one operator of the graph, in one phase, on one chip.
struct CountKey {
  Action action{};                ///< names its component too, see action.h
  std::uint32_t operator_id = 0;  ///< node id in the Graph
  Phase phase{};
  std::uint32_t chip = 0;
  auto operator<=>(const CountKey&) const = default;
};

/// The integer ledger: how often each action happened. Independent of order, mergeable, compared with ==.
class Counts {
 public:
  /// Adds `times` (>= 0) to a key; zero leaves no entry.
  void add(const CountKey& key, std::int64_t times);
  void merge(const Counts& other);
  [[nodiscard]] std::int64_t at(const CountKey& key) const;
  /// Sum over all operators, phases and chips.
  [[nodiscard]] std::int64_t total(Action action) const;
  [[nodiscard]] const std::map<CountKey, std::int64_t>& entries() const { return entries_; }
  bool operator==(const Counts&) const = default;

 private:
  std::map<CountKey, std::int64_t> entries_;
};

}  // namespace aimc
