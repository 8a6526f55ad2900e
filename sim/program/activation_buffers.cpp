#include "sim/program/activation_buffers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check/error.h"
#include "base/units/format.h"
#include "sim/program/packed_bytes.h"
#include "sim/program/result_bits.h"

namespace aimc::sim {
namespace {

bool has_buffer(const UnitAddress& unit) { return unit.component != Component::crossbar_tile; }

/// A value in a unit: there from one step until another one has run.
struct Stay {
  StepId from = 0, until = 0;
  std::int64_t elements = 0;
  int bits = 0;
  bool sampled_only = false;  ///< only sampled tokens bring it
};
/// The stays of a step's result: in its own unit, and in each unit that reads it.
using StaysOfStep = std::map<UnitAddress, Stay>;

std::vector<StaysOfStep> find_stays(const Program& program) {
  std::vector<StaysOfStep> stays(program.steps.size());
  const std::vector<int> bits = result_bits(program);
  for (const Step& step : program.steps) {
    if (!has_buffer(step.unit)) continue;
    const bool sampled = step.occurrence == Occurrence::sampled_token;
    // The sampled token itself is no vector.
    if (bits[step.id] > 0) stays[step.id][step.unit] = {step.id, step.id, step.elements, bits[step.id], sampled};
    for (const StepInput& input : step.inputs) {
      Stay& stay = stays[input.from].try_emplace(step.unit, Stay{input.from, step.id, 0, 0, true}).first->second;
      stay.until = step.id;
      stay.elements = std::min(stay.elements + input.elements, program.steps[input.from].elements);
      stay.bits = std::max(stay.bits, input.bits);
      stay.sampled_only = stay.sampled_only && sampled;
    }
  }
  return stays;
}

/// The most that lies there at one time.
std::int64_t peak(std::vector<std::pair<StepId, std::int64_t>>& changes) {
  // A value leaves after its last user has run, so what that step makes is there with it.
  std::ranges::sort(changes, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second < b.second;
  });
  std::int64_t now = 0, most = 0;
  for (const auto& [step, change] : changes) most = std::max(most, now += change);
  return most;
}

void refuse(const char* section, const UnitAddress& unit, std::int64_t need, const Program& program) {
  throw ConfigError(fmt::format(
      "hardware.{}.buffer_capacity is too small for {}: one token keeps up to {} in {} {} of chip {}; give "
      "at least that, or 0 B for no limit",
      section, program.graph.model_name, format_quantity(DataSize(need)), name(unit.component), unit.index, unit.chip));
}

}  // namespace

std::map<UnitAddress, ActivationNeed> activation_needs(const Program& program) {
  using Changes = std::vector<std::pair<StepId, std::int64_t>>;
  std::map<UnitAddress, std::pair<Changes, Changes>> changes;  // of every token, of sampled ones
  const std::vector<StaysOfStep> stays = find_stays(program);
  for (const Step& step : program.steps) {
    for (const auto& [unit, stay] : stays[step.id]) {
      const std::int64_t size = packed_bytes(stay.elements, stay.bits);
      auto& [every, sampled] = changes[unit];
      for (Changes* list : {&every, &sampled}) {
        if (list == &every && stay.sampled_only) continue;
        list->emplace_back(stay.from, size);
        list->emplace_back(stay.until + 1, -size);
      }
    }
  }
  std::map<UnitAddress, ActivationNeed> needs;
  for (auto& [unit, lists] : changes) needs[unit] = {peak(lists.first), peak(lists.second)};
  return needs;
}

std::int64_t tokens_that_buffers_hold(const Program& program) {
  const DataSize digital = program.hardware.digital.buffer_capacity;
  const DataSize attention = program.hardware.attention.buffer_capacity;
  if (digital == DataSize{} && attention == DataSize{}) return unlimited_tokens;
  std::int64_t tokens = unlimited_tokens;
  for (const auto& [unit, need] : activation_needs(program)) {
    const bool is_digital = unit.component == Component::digital_unit;
    const std::int64_t capacity = (is_digital ? digital : attention).bytes();
    if (capacity == 0) continue;
    if (capacity < need.sampled_token) refuse(is_digital ? "digital" : "attention", unit, need.sampled_token, program);
    if (need.every_token > 0) tokens = std::min(tokens, 1 + (capacity - need.sampled_token) / need.every_token);
  }
  return tokens;
}

}  // namespace aimc::sim
