// Energy adds up however a run is taken apart, on every kind of preset.
#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "sim/experiment/cost.h"
#include "sim/ledger/pricing.h"
#include "sim/mapping/mapper.h"
#include "tests/sim/read_preset.h"
#include "tests/timing/hand_made.h"
#include "tests/timing/small_model.h"

namespace aimc::sim {
namespace {

using aimc::testing::ns;

/// A run that is priced, and the parts to price it from.
class EnergyAdds : public ::testing::TestWithParam<std::pair<std::string, std::string>> {
 protected:
  EnergyAdds()
      : preset_(read_preset(GetParam().first,
                            {"hardware.energy.regulator_efficiency=0.8", "hardware." + GetParam().second})),
        program_(map_in_order(workloads::build_graph(aimc::testing::small_model()), preset_.hardware, [&](const auto&) {
          return preset_.hardware.chip.tiles > 0 ? LinearUnit::analog : LinearUnit::digital;
        })) {}

  [[nodiscard]] EnergyReport price_it(const Counts& counts, const std::vector<ComponentTime>& times,
                                      Time elapsed) const {
    return price(counts, times, elapsed, program_, preset_.energy, preset_.provenance);
  }
  [[nodiscard]] EnergyReport price_it(const TimingResult& result) const {
    return price_it(result.counts, component_times(result), result.elapsed);
  }

  Preset preset_;
  Program program_;
};

constexpr std::size_t policies = 3;

void expect_equal(double a, double b, const std::string& what) { EXPECT_NEAR(a, b, 1e-9 * b) << what; }

TEST_P(EnergyAdds, OverActionsComponentsOperatorsPhasesAndSupplies) {
  const TimingResult result = simulate_timing(program_, InferenceWorkload::single(5, 3), {.exact = true});
  const EnergyReport energy = price_it(result);
  const double dynamic = energy.dynamic.si();
  ASSERT_GT(dynamic, 0);
  // By hand: every count times its price.
  double by_hand = 0;
  for (const auto& [key, times] : result.counts.entries()) {
    const auto price = energy.prices.find(key.action);
    if (price != energy.prices.end()) by_hand += static_cast<double>(times) * price->second.energy.si();
  }
  expect_equal(by_hand, dynamic, "counts x prices");
  const auto sum_of = [](const auto& parts) {
    double sum = 0;
    for (const auto& [key, energy] : parts) sum += energy.si();
    return sum;
  };
  expect_equal(sum_of(energy.by_action), dynamic, "actions");
  expect_equal(sum_of(energy.dynamic_by_component), dynamic, "components");
  expect_equal(sum_of(energy.dynamic_by_phase), dynamic, "phases");
  double operators = 0;
  for (const Energy& part : energy.dynamic_by_operator) operators += part.si();
  expect_equal(operators, dynamic, "operators");
  for (std::size_t policy = 0; policy < policies; ++policy) {
    double idle = 0;
    for (const StaticEnergy& part : energy.static_parts[policy]) idle += part.energy.si();
    expect_equal(idle, energy.static_energy[policy].si(), "static parts");
    expect_equal((dynamic + idle) / 0.8, energy.total[policy].si(), "over the efficiency of the supplies");
    expect_equal(sum_of(energy.by_kind[policy]), energy.total[policy].si(), "kinds");
  }
}

// The counts of each chip, operator and phase priced alone cost together what they cost at once.
TEST_P(EnergyAdds, OverChipsOperatorsAndPhasesPricedAlone) {
  const TimingResult result = simulate_timing(program_, InferenceWorkload::single(5, 3), {.exact = true});
  const double whole = price_it(result).dynamic.si();
  const std::function<std::uint32_t(const CountKey&)> parts[] = {
      [](const CountKey& key) { return key.chip; }, [](const CountKey& key) { return key.operator_id; },
      [](const CountKey& key) { return static_cast<std::uint32_t>(key.phase); }};
  for (const auto& part_of : parts) {
    std::map<std::uint32_t, Counts> split;
    for (const auto& [key, times] : result.counts.entries()) split[part_of(key)].add(key, times);
    double sum = 0;
    for (const auto& [part, counts] : split) sum += price_it(counts, {}, Time{}).dynamic.si();
    expect_equal(sum, whole, "parts priced alone");
  }
}

// Two requests far apart cost twice the work of one, and the idle power of all the time.
TEST_P(EnergyAdds, OverRequests) {
  const Request first{Time{}, 0, 5, 3};
  Request second = first;
  second.arrival = ns(1e8);
  const TimingResult result = simulate_timing(program_, {{first, second}}, {.exact = true});
  const RequestTiming& one = result.requests.front();
  ASSERT_LT(one.token_times.back(), second.arrival);
  ASSERT_EQ(result.requests[1].token_times.back() - second.arrival, one.token_times.back());
  for (const auto& [key, times] : result.counts.entries()) EXPECT_EQ(times % 2, 0) << name(key.action);
  Counts half;
  for (const auto& [key, times] : result.counts.entries()) half.add(key, times / 2);
  std::vector<ComponentTime> of_one = component_times(result);
  for (ComponentTime& time : of_one) time.busy = Time(time.busy.picoseconds() / 2), time.wakes = 0;
  const EnergyReport both = price_it(result), alone = price_it(half, of_one, one.token_times.back());
  expect_equal(2 * alone.dynamic.si(), both.dynamic.si(), "work");
  // Between them nothing works: what a run of no work costs in that time.
  std::vector<ComponentTime> none = of_one;
  for (ComponentTime& time : none) time.busy = Time{};
  const EnergyReport rest = price_it({}, none, second.arrival - one.token_times.back());
  const auto always_on = static_cast<std::size_t>(IdlePolicy::always_on);
  expect_equal(2 * alone.total[always_on].si() + rest.total[always_on].si(), both.total[always_on].si(), "total");
}

INSTANTIATE_TEST_SUITE_P(Presets, EnergyAdds,
                         ::testing::Values(std::pair{"hermes-64", "chip.tiles=8"},
                                           std::pair{"3d-aimc", "chip.tiles=64"},
                                           std::pair{"npu-w4", "dram.channels=2"},
                                           std::pair{"aimc-2d-mesh", "chip.tiles=100"},
                                           std::pair{"aimc-2d-mesh", "chip.tiles=6"}));  // many small chips

}  // namespace
}  // namespace aimc::sim
