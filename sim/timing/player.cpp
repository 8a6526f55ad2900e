#include "sim/timing/player.h"

#include <algorithm>
#include <utility>

#include "base/check/check.h"
#include "base/events/kernel_time.h"
#include "base/parallel/interrupt.h"
#include "sim/timing/choose_sampling.h"
#include "sim/timing/job_ranks.h"
#include "sim/timing/prompt_window.h"

namespace aimc::sim {
namespace {

constexpr std::int64_t events_between_interrupt_checks = 1 << 14;

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
      first_request_(program, book, machine_, choose_sampling(program, workload_, options)),
      path_(first_request_.path()),
      runner_(program, book, passes_, machine_, cohorts_, path_),
      courier_(program, book, machine_.network()) {
  waits_for_all_ =
      std::ranges::any_of(book.gates, [&](StepId step) { return book.steps[step].order == StepOrder::all_tokens; });
  if (auto windows = choose_windows(program, workload_, options)) {
    several_.emplace(program, book, machine_, std::move(*windows), workload_.requests);
  }
  for (const Request& request : workload_.requests) result_.requests.push_back({request.arrival, Time{}, {}});
  SC_HAS_PROCESS(Player);
  SC_METHOD(arrivals);
  sensitive << arrival_.event();
}

TimingResult Player::take_result() {
  for (std::size_t i = 0; i < result_.requests.size(); ++i) result_.requests[i].started = admission_.started()[i];
  result_.token_times = result_.requests.front().token_times;
  result_.packets = courier_.packets();
  result_.bytes_sent = courier_.bytes_sent();
  result_.bytes_received = courier_.bytes_received();
  result_.mvms = runner_.mvms();
  first_request_.fill(result_);
  return std::move(result_);
}

void Player::arrivals() {
  kernel_.guard([this] {
    admission_.arrive(kernel_now());
    begin_tokens();
    if (const auto next = admission_.next_arrival()) arrival_.notify_at(*next);
  });
}

void Player::begin_tokens() {
  while (const auto start = admission_.next(kernel_now())) begin(*start);
}

Pass Player::pass_of(const TokenStart& start) const {
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
  return pass;
}

void Player::begin(const TokenStart& start) {
  const Pass pass = pass_of(start);
  const PassId id = passes_.open(pass);
  gates_.open(id, pass, passes_.remaining(id));
  if (pass.request == 0 && pass.sampled) {
    const RequestTiming& seen = result_.requests.front();
    path_.begin_token(id, pass, seen.token_times.empty() ? seen.arrival : seen.token_times.back(), kernel_now());
  }
  for (const StepId step : book_.roots) {
    if (!book_.steps[step].sampled_only || pass.sampled) runner_.start(id, step);
  }
}

void Player::job_done(const tiles::JobResult& result) {
  kernel_.guard([&] {
    const Time now = kernel_now();
    AIMC_CHECK(now >= last_event_ && result.end == now && result.begin <= now, "the clock went back");
    last_event_ = now;
    if (++events_ % events_between_interrupt_checks == 0) throw_if_interrupted();
    const StepRunner::Done done = runner_.done(result);
    for (const PassId pass : done.passes) finish(pass, done.step, result);
  });
}

void Player::delivered(std::uint64_t cookie, std::uint32_t end) {
  kernel_.guard([&] {
    const Courier::Delivery delivery = courier_.received(cookie, end);
    deliver(delivery.pass, delivery.parcel);
  });
}

void Player::finish(PassId id, StepId step, const tiles::JobResult& result) {
  const PlayStep& play = book_.steps[step];
  Pass& pass = passes_[id];
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
      courier_.send(id, passes_[id], index, drain);
    }
  }
}

void Player::deliver(PassId id, ParcelIndex index) {
  const bool recorded = path_.records(id);
  const bool sampled = passes_[id].sampled;
  for (const StepId user : book_.users_of(book_.parcels[index])) {
    if (book_.steps[user].sampled_only && !sampled) continue;
    if (recorded) path_.arrived(user, index, kernel_now());
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
    runner_.add_partial_sum(id, step, first, remaining == 0);
  } else if (remaining == 0) {
    runner_.start(id, step);
  } else if (remaining == 1 && play.order == StepOrder::all_tokens && passes_[id].phase == Phase::prefill) {
    const auto all = gates_.complete(step, passes_[id]);
    for (const PassId pass : all) arrive(pass, step);
  }
}

void Player::token_sampled(const Pass& pass) {
  const Time now = kernel_now();
  AIMC_CHECK(pass.steps_left == 1, "token {} is sampled with {} steps to do", pass.token, pass.steps_left - 1);
  if (several_) several_->sampled(pass, now);
  if (pass.request == 0) {
    const PathTimes times = first_request_.sampled(pass, !several_ || several_->keeps());
    if (several_ && pass.phase == Phase::decode) admission_.jump(several_->first_sampled(pass, times, now));
  }
  result_.requests[pass.request].token_times.push_back(now);
  result_.elapsed = now;
}

bool Player::begin_sampled_token() {
  const auto token = first_request_.next_token();
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
  if (first_request_.samples_decode() && pass.sampled) {
    if (begin_sampled_token()) return;
    return admission_.ended(0, request.prompt_tokens + request.new_tokens - 2);
  }
  admission_.ended(pass.request, pass.token);
  begin_tokens();
}

}  // namespace aimc::sim
