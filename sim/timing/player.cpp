#include "sim/timing/player.h"

#include <algorithm>
#include <variant>

#include "base/check/check.h"
#include "base/parallel/interrupt.h"
#include "interconnect/sc/kernel_time.h"
#include "interconnect/sc/package_network_module.h"
#include "sim/timing/activity.h"
#include "sim/timing/prompt_window.h"
#include "sim/timing/step_work.h"
#include "tiles/sc/attention_unit_module.h"
#include "tiles/sc/crossbar_tiles_module.h"
#include "tiles/sc/digital_unit_module.h"

namespace aimc::sim {
namespace {

constexpr std::int64_t events_between_interrupt_checks = 1 << 14;
constexpr std::int64_t fewest_sampled_tokens = 8;

constexpr std::uint64_t pack(PassId pass, std::uint32_t index) {
  return static_cast<std::uint64_t>(pass) << 32 | index;
}
constexpr PassId pass_in(std::uint64_t packed) { return static_cast<PassId>(packed >> 32); }
constexpr std::uint32_t index_in(std::uint64_t packed) { return static_cast<std::uint32_t>(packed); }
// In place of a pass: the job is that of a batch.
constexpr PassId batch_flag = 0xffffffff;
// What a delivery's cookie names beside the pass: the first parcel of a packet, or a reduction.
constexpr std::uint32_t reduction_flag = 0x80000000;

std::int64_t bytes_of(const Parcel& parcel) { return (parcel.bits + 7) / 8; }

tiles::JobRank rank_of(Priority priority, Phase phase) {
  if (priority == Priority::first_come) return 0;
  return (priority == Priority::decode_first) == (phase == Phase::decode) ? 0 : 1;
}

// Tokens of one request are never in both phases at once: there is nothing to prefer.
tiles::JobOrder order_of(const InferenceWorkload& workload) {
  const bool ranked = workload.priority != Priority::first_come && workload.requests.size() > 1;
  return ranked ? tiles::JobOrder::by_rank : tiles::JobOrder::as_given;
}

// One request alone finds idle units at every token, so that tokens can be timed one without the other. Copies of
// linears would make their times depend on more than the position.
bool may_sample(const Program& program, const InferenceWorkload& workload, const TimingOptions& options) {
  const bool copies = std::ranges::any_of(program.linears, [](const auto& linear) { return linear.replicas > 1; });
  return !options.exact && !options.keep_intervals && !copies && workload.requests.size() == 1 &&
         workload.requests.front().new_tokens >= fewest_sampled_tokens;
}

// Tokens at which the window of an attention begins to limit what is seen.
std::vector<std::int64_t> kinks(const Program& program, const Request& request) {
  std::vector<std::int64_t> tokens;
  for (const workloads::Node& node : program.graph.nodes) {
    const auto* attention = std::get_if<workloads::AttentionOp>(&node.op);
    if (attention != nullptr && attention->window > 0) {
      tokens.push_back(attention->window - 1 - request.context_tokens);
    }
  }
  return tokens;
}

}  // namespace

Player::Player(const sc_core::sc_module_name& name, const Program& program, const Playbook& book,
               const InferenceWorkload& workload, const TimingOptions& options, Kernel& kernel)
    : sc_module(name),
      program_(program),
      book_(book),
      workload_(workload),
      options_(options),
      kernel_(kernel),
      machine_(program, book, 2 * program.graph.nodes.size(), order_of(workload), *this, *this),
      admission_(workload_, prompt_window(program, book, workload_), cohorts_),
      passes_(book),
      gates_(book, workload_),
      path_(program, book) {
  for (std::size_t phase = 0; phase < 2; ++phase) {
    work_.runs[phase].resize(book.steps.size());
    work_.streams[phase].resize(book.steps.size());
    work_.attention[phase].resize(book.attention_steps);
  }
  waits_for_all_ =
      std::ranges::any_of(book.gates, [&](StepId step) { return book.steps[step].order == StepOrder::all_tokens; });
  for (const Request& request : workload_.requests) result_.requests.push_back({request.arrival, Time{}, {}});
  if (may_sample(program, workload_, options)) {
    const Request& request = workload_.requests.front();
    sampler_.emplace(request.prompt_tokens, request.prompt_tokens + request.new_tokens - 2, kinks(program, request),
                     options.sampling_tolerance);
  }
  SC_HAS_PROCESS(Player);
  SC_METHOD(arrivals);
  sensitive << arrival_;
}

std::vector<LinkUse> collect_links(const Machine& machine) {
  std::vector<LinkUse> links;
  for (const interconnect::LinkLoad& load : machine.network().link_loads()) {
    links.push_back({load.place, load.reserved});
  }
  return links;
}

TimingResult Player::take_result() {
  for (std::size_t i = 0; i < result_.requests.size(); ++i) result_.requests[i].started = admission_.started()[i];
  result_.token_times = result_.requests.front().token_times;
  result_.first_token = first_token_.stages;
  result_.first_token_path = path_resources(first_token_, book_);
  result_.decode = decode_.stages;
  result_.decode_path = path_resources(decode_, book_);
  return std::move(result_);
}

void Player::arrivals() {
  kernel_.guard([this] {
    admission_.arrive(interconnect::kernel_now());
    begin_tokens();
    if (const auto next = admission_.next_arrival()) interconnect::notify_at(arrival_, *next);
  });
}

void Player::begin_tokens() {
  while (const auto start = admission_.next(interconnect::kernel_now())) begin(*start);
}

void Player::begin(const TokenStart& start) {
  const Request& request = workload_.requests[start.request];
  Pass pass;
  pass.request = start.request;
  pass.cohort = start.cohort;
  pass.token = start.token;
  pass.phase = start.token < request.prompt_tokens ? Phase::prefill : Phase::decode;
  pass.sampled = start.token + 1 >= request.prompt_tokens;
  const bool sees_all = waits_for_all_ && pass.phase == Phase::prefill;
  pass.attended = {request.context_tokens + (sees_all ? request.prompt_tokens : start.token + 1),
                   queries_served(program_.hardware.attention, start.token, request.prompt_tokens)};
  pass.rank = rank_of(workload_.priority, pass.phase);
  pass.copy = start.request + static_cast<std::uint32_t>(start.token);
  const PassId id = passes_.open(pass);
  gates_.open(id, pass, passes_.remaining(id));
  if (pass.request == 0 && pass.sampled) {
    const RequestTiming& seen = result_.requests.front();
    path_.begin_token(id, pass, seen.token_times.empty() ? seen.arrival : seen.token_times.back(),
                      interconnect::kernel_now());
  }
  for (const StepId step : book_.roots) {
    if (!book_.steps[step].sampled_only || pass.sampled) this->start(id, step);
  }
}

void Player::job_done(const tiles::JobResult& result) {
  kernel_.guard([&] {
    const Time now = interconnect::kernel_now();
    AIMC_CHECK(now >= last_event_ && result.end == now && result.begin <= now, "the clock went back");
    last_event_ = now;
    if (++events_ % events_between_interrupt_checks == 0) throw_if_interrupted();
    if (pass_in(result.job) != batch_flag) {
      const PassId pass = pass_in(result.job);
      if (path_.is_open()) path_.worked(index_in(result.job), passes_[pass].attended, 1, result);
      return finish(pass, index_in(result.job), result);
    }
    const Batch batch = std::move(batches_[index_in(result.job)]);
    free_batches_.push_back(index_in(result.job));
    if (path_.is_open()) path_.worked(batch.step, {}, std::ssize(batch.passes), result);
    for (const PassId pass : batch.passes) finish(pass, batch.step, result);
  });
}

void Player::delivered(std::uint64_t cookie, std::uint32_t end) {
  kernel_.guard([&] {
    const std::uint32_t index = index_in(cookie);
    if ((index & reduction_flag) == 0) {
      result_.bytes_received += bytes_of(book_.parcels[index]);
      return deliver(pass_in(cookie), index + end);
    }
    const std::vector<ParcelIndex>& parcels = book_.reductions[index & ~reduction_flag];
    result_.bytes_received += bytes_of(book_.parcels[parcels[end]]) * std::ssize(parcels);
    deliver(pass_in(cookie), parcels[end]);
  });
}

void Player::finish(PassId id, StepId step, const tiles::JobResult& result) {
  const PlayStep& play = book_.steps[step];
  Pass& pass = passes_[id];
  ++work_.runs[static_cast<std::size_t>(pass.phase)][step];
  if (path_.records(id)) path_.finished(step, result);
  if (options_.keep_intervals) {
    result_.intervals.push_back({book_.units[book_.unit_of(play, pass.copy)].address, step, pass.token, result.begin,
                                 result.end + result.drain, pass.request});
  }
  send_output(id, step, result.drain);
  if (play.order == StepOrder::token_order) {
    for (const PassId next : gates_.done(step, pass)) arrive(next, step);
  }
  if (step == book_.sample) token_sampled(pass);
  if (--pass.steps_left == 0) end_pass(id);
}

void Player::send_output(PassId id, StepId step, Time drain) {
  const PlayStep& play = book_.steps[step];
  const bool sampled = passes_[id].sampled;
  const auto [begin, end] = book_.outgoing(play, passes_[id].copy);
  for (ParcelIndex index = begin; index < end; ++index) {
    const Parcel& parcel = book_.parcels[index];
    if ((parcel.sampled_only && !sampled) || parcel.carriage == Carriage::shared) continue;
    if (parcel.carriage == Carriage::local) {
      deliver(id, index);
    } else {
      send_parcel(id, index, drain);
    }
  }
}

void Player::send_parcel(PassId id, ParcelIndex index, Time drain) {
  const Parcel& parcel = book_.parcels[index];
  interconnect::Packet packet;
  packet.route = parcel.way;
  packet.payload_bits = parcel.bits;
  packet.feed = drain;
  packet.account = static_cast<interconnect::Account>(
      static_cast<std::size_t>(passes_[id].phase) * program_.graph.nodes.size() + book_.steps[parcel.from].node);
  ++result_.packets;
  if (parcel.carriage == Carriage::reduction) {
    packet.cookie = pack(id, parcel.way | reduction_flag);
    result_.bytes_sent += bytes_of(parcel);
    machine_.network().contribute(parcel.way, parcel.number, packet);
  } else {
    packet.cookie = pack(id, index);
    result_.bytes_sent += bytes_of(parcel) * parcel.number;
    machine_.network().send(packet);
  }
}

void Player::deliver(PassId id, ParcelIndex index) {
  const bool recorded = path_.records(id);
  const bool sampled = passes_[id].sampled;
  for (const StepId user : book_.users_of(book_.parcels[index])) {
    if (book_.steps[user].sampled_only && !sampled) continue;
    if (recorded) path_.arrived(user, index, interconnect::kernel_now());
    arrive(id, user);
  }
}

void Player::arrive(PassId id, StepId step) {
  std::uint16_t& remaining = passes_.remaining(id)[step];
  const PlayStep& play = book_.steps[step];
  AIMC_CHECK(remaining > 0, "step {} of token {} got more inputs than it waits for", step, passes_[id].token);
  const bool first = remaining == play.needed;
  --remaining;
  if (play.kind == StepKind::accumulate) {
    add_partial_sum(id, step, first, remaining == 0);
  } else if (remaining == 0) {
    start(id, step);
  } else if (remaining == 1 && play.order == StepOrder::all_tokens && passes_[id].phase == Phase::prefill) {
    const auto all = gates_.complete(step, passes_[id]);
    for (const PassId pass : all) arrive(pass, step);
  }
}

void Player::add_partial_sum(PassId id, StepId step, bool first, bool last) {
  if (first && !last) return;  // the first one is written, not added
  const PlayStep& play = book_.steps[step];
  const AccumulateTiming& timing = book_.accumulate_timings[play.detail];
  machine_.tiles().accumulate(book_.unit_of(play, passes_[id].copy), pack(id, step), first ? Time{} : timing.add, last,
                              play.leaves ? timing.send : Time{});
}

void Player::start(PassId id, StepId step) {
  const PlayStep& play = book_.steps[step];
  if (path_.records(id)) path_.started(step, interconnect::kernel_now());
  switch (play.kind) {
    case StepKind::mvm:
      ++result_.mvms;
      return machine_.tiles().mvm(book_.unit_of(play, passes_[id].copy), pack(id, step), book_.mvm_timings[play.detail],
                                  play.leaves, passes_[id].rank, array_of(step, passes_[id].copy));
    case StepKind::vector_operation: {
      const Step& what = program_.steps[step];
      return machine_.digital_unit(play.unit).vector(pack(id, step), what.operation, what.elements,
                                                     {play.channel, 0, streamed_bytes(program_, what)},
                                                     passes_[id].rank);
    }
    case StepKind::digital_matmul:
      return join_product(id, step);
    case StepKind::attention:
      return attend(id, step);
    case StepKind::accumulate:
      AIMC_CHECK(false, "accumulate step {} has no inputs", step);
  }
}

std::uint16_t Player::array_of(StepId step, std::uint32_t copy) const {
  if (program_.hardware.tile.arrays == 1) return 0;
  const ShardId first = program_.steps[step].shard;
  const std::uint32_t copies_apart = program_.placement(program_.shards[first].linear).shard_count;
  return static_cast<std::uint16_t>(program_.shards[first + copy % book_.steps[step].replicas * copies_apart].array);
}

void Player::join_product(PassId id, StepId step) {
  const PlayStep& play = book_.steps[step];
  const Step& what = program_.steps[step];
  std::vector<PassId> passes = cohorts_.join(passes_[id].cohort, step, play.sampled_only, id);
  if (passes.empty()) return;
  ++work_.streams[static_cast<std::size_t>(passes_[id].phase)][step];
  const std::int64_t vectors = std::ssize(passes);
  std::uint64_t job = pack(id, step);
  if (vectors > 1) {
    for (const PassId pass : passes) {
      if (path_.records(pass)) path_.joined(step, vectors, interconnect::kernel_now());
    }
    std::uint32_t batch = static_cast<std::uint32_t>(batches_.size());
    if (free_batches_.empty()) {
      batches_.emplace_back();
    } else {
      batch = free_batches_.back();
      free_batches_.pop_back();
    }
    batches_[batch] = {step, std::move(passes)};
    job = pack(batch_flag, batch);
  }
  machine_.digital_unit(play.unit).matmul(job, what.inner * what.elements * vectors,
                                          {play.channel, 0, streamed_bytes(program_, what)}, passes_[id].rank);
}

void Player::attend(PassId id, StepId step) {
  const PlayStep& play = book_.steps[step];
  const Pass& pass = passes_[id];
  const tiles::AttentionWork work = attention_work_of(program_, program_.steps[step], pass.attended);
  tiles::AttentionWork& total = work_.attention[static_cast<std::size_t>(pass.phase)][play.detail];
  total.macs += work.macs;
  total.scores += work.scores;
  total.kv_read_bytes += work.kv_read_bytes;
  total.kv_write_bytes += work.kv_write_bytes;
  machine_.attention_unit(play.unit).attend(pack(id, step), work, play.channel, pass.rank);
}

void Player::token_sampled(const Pass& pass) {
  const Time now = interconnect::kernel_now();
  AIMC_CHECK(pass.steps_left == 1, "token {} is sampled with {} steps to do", pass.token, pass.steps_left - 1);
  if (pass.request == 0) first_request_sampled(pass);
  result_.requests[pass.request].token_times.push_back(now);
  result_.elapsed = now;
}

void Player::first_request_sampled(const Pass& pass) {
  const PathTimes times = path_.split(machine_.network());
  (pass.phase == Phase::prefill ? first_token_ : decode_) += times;
  if (!sampler_) return;
  std::vector<UnitActivity> activity = collect_activity(program_, book_, machine_);
  if (pass.phase == Phase::prefill) {
    prefill_activity_ = activity;
    prefill_links_ = collect_links(machine_);
  } else {
    DecodeSample sample{times, activity};
    add_activity(sample.activity, activity_, -1);
    sampler_->measured(pass.token, times.stages.total());
    samples_.emplace(pass.token, std::move(sample));
  }
  activity_ = std::move(activity);
}

bool Player::begin_sampled_token() {
  const auto token = sampler_->next();
  if (!token) return false;
  begin({0, *token, cohorts_.add(1, 1)});
  return true;
}

void Player::end_pass(PassId id) {
  const Pass pass = passes_[id];
  passes_.close(id);
  if (path_.records(id)) path_.end_token();
  const Request& request = workload_.requests[pass.request];
  if (pass.token + 2 == request.prompt_tokens + request.new_tokens) gates_.close(pass.request);
  if (sampler_ && pass.sampled) {
    if (begin_sampled_token()) return;
    result_.sampling.largest_deviation = sampler_->largest_deviation();
    return admission_.ended(0, request.prompt_tokens + request.new_tokens - 2);
  }
  admission_.ended(pass.request, pass.token);
  begin_tokens();
}

}  // namespace aimc::sim
