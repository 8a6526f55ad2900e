#include "sim/timing/extend_to_all_tokens.h"

#include "sim/timing/count_actions.h"
#include "sim/timing/step_work.h"

namespace aimc::sim {
namespace {

void extend_times(const DecodeTotals& totals, const Playbook& book, TimingResult& result) {
  std::vector<Time>& times = result.requests.front().token_times;
  times.resize(1);
  for (const Time time : totals.times) times.push_back(times.back() + time);
  result.token_times = times;
  result.elapsed = times.back();
  result.decode = totals.path.stages;
  result.decode_path = path_resources(totals.path, book);
}

}  // namespace

void add_work(tiles::AttentionWork& total, const tiles::AttentionWork& work) {
  total.macs += work.macs;
  total.scores += work.scores;
  total.kv_read_bytes += work.kv_read_bytes;
  total.kv_write_bytes += work.kv_write_bytes;
}

namespace {

void add_attention(const Program& program, const Playbook& book, const Request& request, const Player& player,
                   PlayedWork& work) {
  for (const Step& step : program.steps) {
    if (step.kind != StepKind::attention) continue;
    tiles::AttentionWork& total = work.attention[1][book.steps[step.id].detail];
    for (std::int64_t token = request.prompt_tokens; token < request.prompt_tokens + request.new_tokens - 1; ++token) {
      if (player.first_request().samples().contains(token)) continue;
      add_work(total, attention_work_of(program, step, {request.context_tokens + token + 1}));
    }
  }
}

}  // namespace

void add_traffic(const Playbook& book, std::int64_t tokens, TimingResult& result) {
  std::int64_t bytes = 0;
  for (const PlayStep& step : book.steps) result.mvms += step.kind == StepKind::mvm ? tokens : 0;
  for (const Parcel& parcel : book.parcels) {
    if (parcel.carriage == Carriage::local) continue;
    result.packets += parcel.carriage == Carriage::shared ? 0 : tokens;
    bytes += (parcel.bits + 7) / 8;
  }
  result.bytes_sent += tokens * bytes;
  result.bytes_received += tokens * bytes;
}

namespace {

/// Every decode token reserves a link for the same time.
void extend_links(const std::vector<LinkUse>& prefill, const DecodeShare& share, TimingResult& result) {
  auto before = prefill.begin();  // both in the order of the links' numbers
  for (LinkUse& link : result.links) {
    Time first;
    if (before != prefill.end() && before->place == link.place) first = (before++)->reserved;
    const Time decode = link.reserved - first;
    link.reserved = first + Time(decode.picoseconds() / share.simulated * share.all +
                                 decode.picoseconds() % share.simulated * share.all / share.simulated);
  }
}

}  // namespace

void extend_to_all_tokens(const Program& program, const Playbook& book, const Request& request, const Player& player,
                          PlayedWork& work, TimingResult& result) {
  const FirstRequest& first = player.first_request();
  const DecodeTotals totals = interpolate(first.samples());
  const DecodeShare share{std::ssize(first.samples()), request.new_tokens - 1};
  const std::int64_t left_out = share.all - share.simulated;
  extend_times(totals, book, result);
  for (StepId step = 0; step < book.steps.size(); ++step) {
    work.runs[1][step] += left_out;
    work.streams[1][step] += book.steps[step].kind == StepKind::digital_matmul ? left_out : 0;
  }
  add_attention(program, book, request, player, work);
  add_traffic(book, left_out, result);
  result.counts = count_actions(program, work, player.machine(), share);
  for (std::size_t row = 0; row < result.activity.size(); ++row) {
    result.activity[row].busy = first.prefill_activity()[row].busy;
    result.activity[row].wakes = first.prefill_activity()[row].wakes;
  }
  add_activity(result.activity, totals.activity);
  extend_links(first.prefill_links(), share, result);
  result.sampling.simulated = share.simulated;
  result.sampling.interpolated = left_out;
}

}  // namespace aimc::sim
