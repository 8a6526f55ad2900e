#include "sim/timing/first_request.h"

#include <utility>

#include "interconnect/sc/package_network_module.h"
#include "sim/timing/activity.h"

namespace aimc::sim {

std::vector<LinkUse> collect_links(const Machine& machine) {
  std::vector<LinkUse> links;
  for (const interconnect::LinkLoad& load : machine.network().link_loads()) {
    links.push_back({load.place, load.reserved});
  }
  return links;
}

FirstRequest::FirstRequest(const Program& program, const Playbook& book, const Machine& machine,
                           std::optional<DecodeSampler> sampler)
    : program_(program), book_(book), machine_(machine), path_(program, book), sampler_(std::move(sampler)) {}

PathTimes FirstRequest::sampled(const Pass& pass, bool kept) {
  const PathTimes times = path_.split(machine_.network());
  if (kept) (pass.phase == Phase::prefill ? first_token_ : decode_) += times;
  if (!sampler_) return times;
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
  return times;
}

void FirstRequest::fill(TimingResult& result) const {
  result.first_token = first_token_.stages;
  result.first_token_path = path_resources(first_token_, book_);
  result.decode = decode_.stages;
  result.decode_path = path_resources(decode_, book_);
  if (sampler_) result.sampling.largest_deviation = sampler_->largest_deviation();
}

}  // namespace aimc::sim
