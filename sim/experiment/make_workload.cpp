#include "sim/experiment/make_workload.h"

#include <cmath>

namespace aimc::sim {
namespace {

Time arrival_of(const ArrivalSpec& arrivals, std::int64_t request, Time before, const RandomKey& key) {
  switch (arrivals.kind) {
    case ArrivalKind::fixed_rate:
      return Time::from_seconds(static_cast<double>(request) / arrivals.rate.si());
    case ArrivalKind::poisson:
      if (request == 0) return Time{};  // the run begins with the first request
      return before +
             Time::from_seconds(-std::log1p(-uniform(key, static_cast<std::uint64_t>(request))) / arrivals.rate.si());
    case ArrivalKind::at_once:
    case ArrivalKind::trace:
      break;
  }
  return Time{};
}

}  // namespace

std::vector<Request> make_requests(const WorkloadSpec& spec, std::int64_t prompt_tokens, const RandomKey& key) {
  if (spec.arrivals.kind == ArrivalKind::trace) {
    // The run begins with the first request: nothing idles before it, in time or in energy.
    std::vector<Request> traced = spec.arrivals.requests;
    for (Request& request : traced) request.arrival = request.arrival - spec.arrivals.requests.front().arrival;
    return traced;
  }
  const std::int64_t count = spec.requests.value_or(spec.sequences.value_or(1));
  const RandomKey gaps = key.child("arrivals");
  std::vector<Request> requests;
  Time last;
  for (std::int64_t i = 0; i < count; ++i) {
    last = arrival_of(spec.arrivals, i, last, gaps);
    Request request;
    request.arrival = last;
    request.context_tokens = spec.context_tokens;
    request.prompt_tokens = prompt_tokens;
    request.new_tokens = spec.new_tokens;
    requests.push_back(request);
  }
  return requests;
}

InferenceWorkload make_workload(const WorkloadSpec& spec, std::int64_t prompt_tokens, const RandomKey& key) {
  InferenceWorkload workload;
  workload.requests = make_requests(spec, prompt_tokens, key);
  workload.max_in_flight = spec.sequences.value_or(spec.max_in_flight.value_or(0));
  workload.priority = spec.priority;
  workload.batching = spec.batching;
  return workload;
}

TimingOptions timing_options(const WorkloadSpec& spec) {
  TimingOptions options;
  options.exact = spec.exact;
  if (spec.sampling_tolerance.has_value()) options.sampling_tolerance = *spec.sampling_tolerance;
  return options;
}

}  // namespace aimc::sim
