#include "sim/timing/timing.h"

#include <algorithm>

#include "base/check/check.h"
#include "base/check/error.h"
#include "interconnect/sc/dram_channel_module.h"
#include "interconnect/sc/package_network_module.h"
#include "sim/timing/activity.h"
#include "sim/timing/count_actions.h"
#include "sim/timing/extend_several.h"
#include "sim/timing/extend_to_all_tokens.h"
#include "sim/timing/kernel.h"
#include "sim/timing/playbook.h"
#include "sim/timing/player.h"

namespace aimc::sim {
namespace {

/// Every step ran once for each token it runs for.
void check_runs(const Program& program, const PlayedWork& work, const InferenceWorkload& workload) {
  const std::int64_t requests = std::ssize(workload.requests);
  for (const Step& step : program.steps) {
    const bool sampled_only = step.occurrence == Occurrence::sampled_token;
    const std::int64_t prefill = sampled_only ? requests : workload.prompt_tokens();
    const std::int64_t decode = workload.new_tokens() - requests;
    AIMC_CHECK(work.runs[0][step.id] == prefill && work.runs[1][step.id] == decode,
               "step {} ran {} and {} times for {} prompt and {} new tokens", step.id, work.runs[0][step.id],
               work.runs[1][step.id], workload.prompt_tokens(), workload.new_tokens());
  }
}

void check_workload(const InferenceWorkload& workload) {
  AIMC_CHECK(!workload.requests.empty() && workload.max_in_flight >= 0, "{} requests, {} in flight",
             workload.requests.size(), workload.max_in_flight);
  Time before;
  for (const Request& request : workload.requests) {
    AIMC_CHECK(request.prompt_tokens > 0 && request.new_tokens > 0 && request.context_tokens >= 0,
               "{} tokens of context, {} prompt tokens, {} new ones", request.context_tokens, request.prompt_tokens,
               request.new_tokens);
    AIMC_CHECK(request.arrival >= before, "requests must be in the order of their arrival");
    before = request.arrival;
  }
}

void check_traffic(const TimingResult& result, const Machine& machine) {
  AIMC_CHECK(result.bytes_sent == result.bytes_received, "{} bytes sent, {} received", result.bytes_sent,
             result.bytes_received);
  AIMC_CHECK(result.mvms == machine.mvms(), "{} MVMs started, {} served", result.mvms, machine.mvms());
  std::int64_t moved = 0;
  for (const auto& channel : machine.channels()) moved += channel->bytes();
  const Counts& counts = result.counts;
  const std::int64_t counted = counts.total(Action::kv_read_byte) + counts.total(Action::kv_write_byte) +
                               counts.total(Action::weight_read_byte) + counts.total(Action::embedding_read_byte);
  AIMC_CHECK(moved == counted, "memory channels moved {} bytes, {} were counted", moved, counted);
}

}  // namespace

Time StageTimes::total() const { return analog_mvm + digital + attention + kv_memory + network + waiting; }

StageTimes& StageTimes::operator+=(const StageTimes& other) {
  analog_mvm += other.analog_mvm;
  digital += other.digital;
  attention += other.attention;
  kv_memory += other.kv_memory;
  network += other.network;
  waiting += other.waiting;
  return *this;
}

Time RequestTiming::time_per_output_token() const {
  const auto further = static_cast<std::int64_t>(token_times.size()) - 1;
  if (further <= 0) return Time{};
  return Time((token_times.back() - token_times.front()).picoseconds() / further);
}

Time TimingResult::time_per_output_token() const { return requests.front().time_per_output_token(); }

TimingResult simulate_timing(const Program& program, const InferenceWorkload& workload, const TimingOptions& options) {
  AIMC_CHECK(program.physical() && !program.steps.empty(), "only a program whose linears all have hardware takes time");
  check_workload(workload);
  Kernel kernel;
  const Playbook book = make_playbook(program, options.repeats);
  Player player("player", program, book, workload, options, kernel);
  kernel.run([&player] { return player.jobs_done(); });
  if (!player.all_done()) throw InternalError(player.stuck());
  TimingResult result = player.take_result();
  PlayedWork work = player.work();
  result.counts = count_actions(program, work, player.machine());
  check_traffic(result, player.machine());
  check_activity(book, player.machine(), result.elapsed);
  result.activity = collect_activity(program, book, player.machine());
  result.links = collect_links(player.machine());
  result.sampling.simulated = workload.new_tokens() - std::ssize(workload.requests);
  if (const auto& several = player.several(); several.has_value() && several->left_out()) {
    extend_several(program, book, workload, player, work, result);
  }
  if (player.first_request().samples_decode())
    extend_to_all_tokens(program, book, workload.requests.front(), player, work, result);
  Time busiest;
  for (const LinkUse& link : result.links) busiest = std::max(busiest, link.reserved);
  AIMC_CHECK(busiest <= result.elapsed, "a link was reserved for longer than the run");
  result.busiest_link = busiest.seconds() / result.elapsed.seconds();
  check_runs(program, work, workload);
  return result;
}

}  // namespace aimc::sim
