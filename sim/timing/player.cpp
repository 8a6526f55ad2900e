#include "sim/timing/player.h"

#include <algorithm>

#include "base/check/check.h"
#include "base/parallel/interrupt.h"
#include "interconnect/sc/kernel_time.h"
#include "interconnect/sc/package_network_module.h"
#include "sim/timing/step_work.h"
#include "tiles/sc/attention_unit_module.h"
#include "tiles/sc/crossbar_tiles_module.h"
#include "tiles/sc/digital_unit_module.h"

namespace aimc::sim {
namespace {

constexpr std::int64_t events_between_interrupt_checks = 1 << 14;

constexpr std::uint64_t pack(std::int64_t token, std::uint32_t index) {
  return static_cast<std::uint64_t>(token) << 32 | index;
}
constexpr std::int64_t token_in(std::uint64_t packed) { return static_cast<std::int64_t>(packed >> 32); }
constexpr std::uint32_t index_in(std::uint64_t packed) { return static_cast<std::uint32_t>(packed); }

std::int64_t bytes_of(const Parcel& parcel) { return (parcel.bits + 7) / 8; }

// What a delivery's cookie names beside the token: the first parcel of a packet, or a reduction.
constexpr std::uint32_t reduction_flag = 0x80000000;

}  // namespace

Player::Player(const sc_core::sc_module_name& name, const Program& program, const Playbook& book,
               const InferenceWorkload& workload, const TimingOptions& options, Kernel& kernel)
    : sc_module(name),
      program_(program),
      book_(book),
      workload_(workload),
      options_(options),
      kernel_(kernel),
      machine_(program, book, 2 * program.graph.nodes.size(), tiles::JobOrder::as_given, *this, *this),
      path_(program, book),
      new_remaining_(book.steps.size()) {
  for (const PlayStep& step : book.steps) needed_.push_back(step.needed);
  for (std::size_t phase = 0; phase < 2; ++phase) {
    work_.runs[phase].resize(book.steps.size());
    work_.attention[phase].resize(book.attention_steps);
  }
  SC_HAS_PROCESS(Player);
  SC_METHOD(begin);
}

void Player::begin() {
  kernel_.guard([this] {
    const std::size_t steps = book_.steps.size();
    prompt_remaining_.resize(static_cast<std::size_t>(workload_.prompt_tokens()) * steps);
    for (std::int64_t token = 0; token < workload_.prompt_tokens(); ++token) {
      std::uint16_t* remaining = remaining_of(token);
      std::ranges::copy(needed_, remaining);
      if (token == 0) continue;
      for (std::size_t step = 0; step < steps; ++step) remaining[step] += book_.steps[step].in_token_order ? 1 : 0;
    }
    path_.begin_token(workload_.prompt_tokens() - 1, Time{});
    for (std::int64_t token = 0; token < workload_.prompt_tokens(); ++token) start_roots(token);
  });
}

void Player::start_roots(std::int64_t token) {
  for (const StepId step : book_.roots) start(token, step);
}

std::uint16_t* Player::remaining_of(std::int64_t token) {
  if (token >= workload_.prompt_tokens()) return new_remaining_.data();
  return prompt_remaining_.data() + static_cast<std::size_t>(token) * book_.steps.size();
}

void Player::job_done(const tiles::JobResult& result) {
  kernel_.guard([&] { finish(result); });
}

void Player::delivered(std::uint64_t cookie, std::uint32_t end) {
  kernel_.guard([&] {
    const std::uint32_t index = index_in(cookie);
    if ((index & reduction_flag) == 0) {
      result_.bytes_received += bytes_of(book_.parcels[index]);
      return deliver(token_in(cookie), index + end);
    }
    const std::vector<ParcelIndex>& parcels = book_.reductions[index & ~reduction_flag];
    result_.bytes_received += bytes_of(book_.parcels[parcels[end]]) * std::ssize(parcels);
    deliver(token_in(cookie), parcels[end]);
  });
}

void Player::finish(const tiles::JobResult& result) {
  const std::int64_t token = token_in(result.job);
  const StepId step = index_in(result.job);
  const Time now = interconnect::kernel_now();
  AIMC_CHECK(now >= last_event_ && result.end == now && result.begin <= now, "the clock went back");
  last_event_ = now;
  if (++events_ % events_between_interrupt_checks == 0) throw_if_interrupted();
  ++work_.runs[phase_of(token)][step];
  if (path_.records(token)) path_.finished(step, now);
  if (options_.keep_intervals) {
    result_.intervals.push_back({program_.steps[step].unit, step, token, result.begin, now + result.drain});
  }
  send_output(token, step, result.drain);
  if (book_.steps[step].in_token_order && token + 1 < workload_.prompt_tokens()) arrive(token + 1, step);
  if (step == book_.sample) token_sampled(token);
}

void Player::send_output(std::int64_t token, StepId step, Time drain) {
  const PlayStep& play = book_.steps[step];
  for (ParcelIndex index = play.parcels_begin; index < play.parcels_end; ++index) {
    const Parcel& parcel = book_.parcels[index];
    if (parcel.sampled_only && !sampled(token)) continue;
    if (parcel.carriage == Carriage::shared) continue;
    if (parcel.carriage == Carriage::local) {
      deliver(token, index);
      continue;
    }
    interconnect::Packet packet;
    packet.route = parcel.way;
    packet.payload_bits = parcel.bits;
    packet.feed = drain;
    packet.account =
        static_cast<interconnect::Account>(phase_of(token) * program_.graph.nodes.size() + program_.steps[step].node);
    ++result_.packets;
    if (parcel.carriage == Carriage::reduction) {
      packet.cookie = pack(token, parcel.way | reduction_flag);
      result_.bytes_sent += bytes_of(parcel);
      machine_.network().contribute(parcel.way, parcel.number, packet);
    } else {
      packet.cookie = pack(token, index);
      result_.bytes_sent += bytes_of(parcel) * parcel.number;
      machine_.network().send(packet);
    }
  }
}

void Player::deliver(std::int64_t token, ParcelIndex index) {
  const bool recorded = path_.records(token);
  for (const StepId user : book_.users_of(book_.parcels[index])) {
    if (book_.steps[user].sampled_only && !sampled(token)) continue;
    if (recorded) path_.arrived(user, index, interconnect::kernel_now());
    arrive(token, user);
  }
}

void Player::arrive(std::int64_t token, StepId step) {
  std::uint16_t& remaining = remaining_of(token)[step];
  AIMC_CHECK(remaining > 0, "step {} of token {} got more inputs than it waits for", step, token);
  const bool first = remaining == book_.steps[step].needed;
  --remaining;
  if (book_.steps[step].kind == StepKind::accumulate) {
    add_partial_sum(token, step, first, remaining == 0);
  } else if (remaining == 0) {
    start(token, step);
  }
}

void Player::add_partial_sum(std::int64_t token, StepId step, bool first, bool last) {
  if (first && !last) return;  // the first one is written, not added
  const PlayStep& play = book_.steps[step];
  const AccumulateTiming& timing = book_.accumulate_timings[play.detail];
  machine_.tiles().accumulate(play.unit, pack(token, step), first ? Time{} : timing.add, last,
                              play.leaves ? timing.send : Time{});
}

void Player::start(std::int64_t token, StepId step) {
  const PlayStep& play = book_.steps[step];
  const Step& what = program_.steps[step];
  const tiles::JobId job = pack(token, step);
  switch (play.kind) {
    case StepKind::mvm:
      ++result_.mvms;
      return machine_.tiles().mvm(play.unit, job, book_.mvm_timings[play.detail], play.leaves);
    case StepKind::vector_operation:
      return machine_.digital_unit(play.unit).vector(job, what.operation, what.elements,
                                                     {play.channel, 0, streamed_bytes(program_, what)});
    case StepKind::digital_matmul:
      return machine_.digital_unit(play.unit).matmul(job, what.inner * what.elements,
                                                     {play.channel, 0, streamed_bytes(program_, what)});
    case StepKind::attention: {
      const tiles::AttentionWork work = attention_work_of(program_, what, token + 1);
      tiles::AttentionWork& total = work_.attention[phase_of(token)][play.detail];
      total.macs += work.macs;
      total.scores += work.scores;
      total.kv_read_bytes += work.kv_read_bytes;
      total.kv_write_bytes += work.kv_write_bytes;
      return machine_.attention_unit(play.unit).attend(job, work, play.channel);
    }
    case StepKind::accumulate:
      AIMC_CHECK(false, "accumulate step {} has no inputs", step);
  }
}

void Player::token_sampled(std::int64_t token) {
  const StageTimes split = path_.split(machine_.network());
  if (result_.token_times.empty()) {
    result_.first_token = split;
  } else {
    result_.decode += split;
  }
  const Time now = interconnect::kernel_now();
  result_.token_times.push_back(now);
  result_.elapsed = now;
  if (static_cast<std::int64_t>(result_.token_times.size()) == workload_.new_tokens()) return;
  std::ranges::copy(needed_, new_remaining_.begin());
  path_.begin_token(token + 1, now);
  start_roots(token + 1);
}

}  // namespace aimc::sim
