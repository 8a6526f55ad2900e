#include "sim/ledger/repeated_mvms.h"

#include <algorithm>

#include "base/check/check.h"

namespace aimc::sim {
namespace {

const Shard& largest_shard(const Program& program, NodeId linear) {
  const Shard* largest = nullptr;
  for (const Shard& shard : program.shards)
    if (shard.linear == linear && (largest == nullptr || shard.rows * shard.columns > largest->rows * largest->columns))
      largest = &shard;
  AIMC_CHECK(largest != nullptr, "retries of operator {}, which has no array", linear);
  return *largest;
}

}  // namespace

Counts repeated_mvms(const Counts& counts, const Program& program) {
  Counts repeated;
  for (const auto& [key, times] : counts.entries()) {
    if (key.action != Action::retry) continue;
    const Shard& shard = largest_shard(program, key.operator_id);
    const tiles::MvmActions actions = mvm_actions(program.hardware.tile, program.driven_rows(shard), shard.columns);
    const auto add = [&](Action action, std::int64_t each) {
      repeated.add({action, key.operator_id, key.phase, shard.tile.chip}, times * each);
    };
    add(Action::retry, 1);
    add(Action::mvm, 1);
    add(Action::dac_conversion, actions.dac_conversions);
    add(Action::cell_read, actions.cell_reads);
    add(Action::adc_conversion, actions.adc_conversions);
  }
  return repeated;
}

}  // namespace aimc::sim
