#include "sim/timing/extend_several.h"

#include <algorithm>

#include "base/check/check.h"
#include "sim/timing/count_actions.h"
#include "sim/timing/extend_to_all_tokens.h"
#include "sim/timing/step_work.h"

namespace aimc::sim {
namespace {

void extend_times(const Player& player, const Playbook& book, const DecodeTotals& between, TimingResult& result) {
  AIMC_CHECK(player.several().has_value(), "nothing was sampled");
  const SeveralDecode& several = player.several().value();
  result.elapsed = Time{};
  for (std::uint32_t id = 0; id < result.requests.size(); ++id) {
    RequestTiming& request = result.requests[id];
    request.token_times = several.token_times(id, between);
    result.elapsed = std::max(result.elapsed, request.token_times.back());
  }
  result.token_times = result.requests.front().token_times;
  PathTimes decode = player.first_request().decode();
  decode += between.path;
  result.decode = decode.stages;
  result.decode_path = path_resources(decode, book);
}

void extend_work(const Program& program, const Playbook& book, const InferenceWorkload& workload,
                 const SeveralDecode& several, PlayedWork& work) {
  const Request& request = workload.requests.front();
  const std::int64_t requests = std::ssize(workload.requests);
  const std::int64_t left_out = requests * (request.new_tokens - 1) - several.simulated();
  const std::int64_t rounds = several.windows().returned() - several.windows().left();
  const std::int64_t rounds_left_out = rounds - (several.returned().rounds - several.left().rounds);
  for (const Step& step : program.steps) {
    work.runs[1][step.id] += left_out;
    if (step.kind == StepKind::digital_matmul) {
      work.streams[1][step.id] += workload.batching == Batching::iteration ? rounds_left_out : left_out;
    }
    if (step.kind != StepKind::attention) continue;
    tiles::AttentionWork& total = work.attention[1][book.steps[step.id].detail];
    total = {};
    for (std::int64_t token = request.prompt_tokens; token < request.prompt_tokens + request.new_tokens - 1; ++token) {
      const tiles::AttentionWork one = attention_work_of(program, step, {request.context_tokens + token + 1});
      for (std::int64_t i = 0; i < requests; ++i) add_work(total, one);
    }
  }
}

void extend_activity(const SeveralDecode& several, const DecodeTotals& between, TimingResult& result) {
  std::vector<UnitActivity> outside = result.activity;
  add_activity(outside, several.returned().activity, -1);
  add_activity(outside, several.left().activity);
  if (!between.activity.empty()) add_activity(outside, between.activity);
  for (UnitActivity& row : outside) row.busy = std::min(row.busy, result.elapsed * row.units);
  result.activity = std::move(outside);
}

/// [links of `all`] how long they had been reserved at a mark; links are in the order of their numbers.
std::vector<Time> reserved_then(const std::vector<LinkUse>& all, const std::vector<LinkUse>& then) {
  std::vector<Time> times;
  auto next = then.begin();
  for (const LinkUse& link : all) {
    const bool known = next != then.end() && next->place == link.place;
    times.push_back(known ? (next++)->reserved : Time{});
  }
  return times;
}

/// Every round reserves a link for the same time.
void extend_links(const SeveralDecode& several, std::int64_t rounds, TimingResult& result) {
  const std::vector<Time> left = reserved_then(result.links, several.left().links);
  const std::vector<Time> returned = reserved_then(result.links, several.returned().links);
  const std::int64_t simulated = several.returned().rounds - several.left().rounds;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const std::int64_t seen = (returned[i] - left[i]).picoseconds();
    const Time between(seen / simulated * rounds + seen % simulated * rounds / simulated);
    result.links[i].reserved = std::min(result.links[i].reserved - returned[i] + left[i] + between, result.elapsed);
  }
}

}  // namespace

void extend_several(const Program& program, const Playbook& book, const InferenceWorkload& workload,
                    const Player& player, PlayedWork& work, TimingResult& result) {
  AIMC_CHECK(player.several().has_value(), "nothing was sampled");
  const SeveralDecode& several = player.several().value();
  const DecodeTotals between = several.between();
  const std::int64_t all = workload.new_tokens() - std::ssize(workload.requests);
  const std::int64_t rounds = several.windows().returned() - several.windows().left();
  extend_times(player, book, between, result);
  extend_work(program, book, workload, several, work);
  add_traffic(book, all - several.simulated(), result);
  result.counts = count_actions(program, work, player.machine(), {several.simulated(), all});
  extend_activity(several, between, result);
  extend_links(several, rounds, result);
  result.sampling.simulated = rounds == 0 ? all : several.simulated();
  result.sampling.interpolated = all - result.sampling.simulated;
  result.sampling.largest_deviation = several.windows().largest_deviation();
}

}  // namespace aimc::sim
