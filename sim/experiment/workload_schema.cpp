#include "sim/experiment/workload_schema.h"

#include <fmt/format.h>

#include "sim/experiment/arrival_trace.h"

namespace aimc::sim {
namespace {

using config::Node;
using config::Schema;

constexpr std::int64_t most_requests = 1000000;
constexpr double longest_s = 1e6;  // well inside Time's range of 106 days

Schema<ArrivalSpec> arrival_schema() {
  Schema<ArrivalSpec> s;
  s.key("kind", &ArrivalSpec::kind,
        "When requests arrive: all at the start, evenly, as a Poisson process drawn from the seed, or as a file says.")
      .choices({{"at_once", ArrivalKind::at_once},
                {"fixed_rate", ArrivalKind::fixed_rate},
                {"poisson", ArrivalKind::poisson},
                {"trace", ArrivalKind::trace}});
  s.key("rate", &ArrivalSpec::rate, "Requests per second, for fixed_rate and poisson; the first is there at the start.")
      .range(Frequency(0), Frequency(1e12));
  s.key("trace", &ArrivalSpec::trace,
        "CSV file with the columns arrival_s, prompt_tokens, new_tokens, a header and one row a request.");
  return s;
}

bool given(const Node& map, const char* key) { return map.kind == Node::Kind::map && map.find(key) != nullptr; }

class Rules {
 public:
  Rules(const Node& workload, const WorkloadSpec& spec, config::Diagnostics& diagnostics)
      : workload_(workload), spec_(spec), diagnostics_(diagnostics) {
    if (given(workload, "arrivals")) arrivals_ = *workload.find("arrivals");
  }

  void check() {
    const ArrivalKind kind = spec_.arrivals.kind;
    const bool by_rate = kind == ArrivalKind::fixed_rate || kind == ArrivalKind::poisson;
    if (by_rate && spec_.arrivals.rate.si() <= 0)
      error("arrivals.rate", "fixed_rate and poisson need a rate above zero, for example \"100 /s\"");
    if (!by_rate && given(arrivals_, "rate"))
      error("arrivals.rate", "has no effect: only kinds fixed_rate and poisson have a rate");
    if (kind == ArrivalKind::trace && spec_.arrivals.trace.empty())
      error("arrivals.trace", "kind trace needs a CSV file with arrival_s, prompt_tokens, new_tokens");
    if (kind != ArrivalKind::trace && given(arrivals_, "trace"))
      error("arrivals.trace", "has no effect: only kind trace reads a file");
    if (kind == ArrivalKind::trace)
      for (const char* key : {"requests", "prompt", "prompt_tokens", "new_tokens"})
        if (given(workload_, key)) error(key, "has no effect: the trace says how many requests there are and how long");
    if (by_rate && spec_.arrivals.rate.si() > 0 &&
        static_cast<double>(spec_.requests.value_or(1)) / spec_.arrivals.rate.si() > longest_s)
      error("arrivals.rate", fmt::format("the last request would arrive after more than {} s; give a higher rate or "
                                         "fewer requests",
                                         longest_s));
    check_in_flight();
    if (spec_.exact && spec_.sampling_tolerance.has_value())
      error("sampling_tolerance", "has no effect: exact simulates every position");
    if (!spec_.prompt.empty() && given(workload_, "prompt_tokens"))
      error("prompt_tokens", "has no effect: the prompt's text says how long it is");
  }

 private:
  void check_in_flight() {
    if (!spec_.sequences.has_value()) return;
    if (spec_.arrivals.kind != ArrivalKind::at_once)
      error("sequences", "keeps that many sequences in flight, which only arrivals at_once can; give max_in_flight");
    if (spec_.max_in_flight.has_value())
      error("max_in_flight", "says the same as sequences, or contradicts it; give one of the two");
    if (spec_.requests.has_value() && *spec_.requests < *spec_.sequences)
      error("sequences", fmt::format("{} requests cannot keep {} sequences in flight; give more requests",
                                     *spec_.requests, *spec_.sequences));
  }

  void error(const std::string& key, const std::string& message) {
    const auto dot = key.find('.');
    const Node& map = dot == std::string::npos ? workload_ : arrivals_;
    const Node* place =
        map.kind == Node::Kind::map ? map.find(dot == std::string::npos ? key : key.substr(dot + 1)) : nullptr;
    diagnostics_.error(place != nullptr ? place->origin : workload_.origin, "workload." + key, message);
  }

  const Node& workload_;
  const WorkloadSpec& spec_;
  config::Diagnostics& diagnostics_;
  Node arrivals_;
};

}  // namespace

const Schema<WorkloadSpec>& workload_schema() {
  static const Schema<WorkloadSpec> schema = [] {
    Schema<WorkloadSpec> s;
    s.key("prompt", &WorkloadSpec::prompt, "Text of the prompt; without it prompt_tokens of the calibration text.");
    s.key("prompt_tokens", &WorkloadSpec::prompt_tokens, "Length of each prompt in tokens, BOS included.")
        .range(1, 1000000);
    s.key("new_tokens", &WorkloadSpec::new_tokens, "Tokens generated for each request.").range(1, 1000000);
    s.key("context_tokens", &WorkloadSpec::context_tokens,
          "Tokens that each request has in the KV cache before its prompt.")
        .range(0, 100000000);
    s.key("requests", &WorkloadSpec::requests, "Number of requests; without it as many as sequences, else one.")
        .range(1, most_requests);
    s.key("sequences", &WorkloadSpec::sequences,
          "Sequences in flight: all requests wait from the start, and one enters as another ends.")
        .range(1, most_requests);
    s.key("max_in_flight", &WorkloadSpec::max_in_flight,
          "Requests served at a time, later ones wait in the order of arrival; without it all that have arrived.")
        .range(1, most_requests);
    s.section("arrivals", &WorkloadSpec::arrivals, arrival_schema(), "When requests arrive.");
    s.key("priority", &WorkloadSpec::priority,
          "Which of the waiting jobs a unit takes first: by arrival, those of decoded tokens, or those of prompts.")
        .choices({{"first_come", Priority::first_come},
                  {"decode_first", Priority::decode_first},
                  {"prefill_first", Priority::prefill_first}});
    s.key("batching", &WorkloadSpec::batching,
          "none: tokens go alone; iteration: all running requests start their next token together, so that a digital "
          "product serves them with one stream of its weights (Orca, OSDI 2022).")
        .choices({{"none", Batching::none}, {"iteration", Batching::iteration}});
    s.key("exact", &WorkloadSpec::exact, "Simulate every decoded token instead of sampling positions (--exact).");
    s.key("sampling_tolerance", &WorkloadSpec::sampling_tolerance,
          "Largest relative deviation of interpolated decode times at the check positions. Several equal requests are "
          "sampled from 0.02 on (batching iteration: always); below, all their tokens are simulated.")
        .range(1e-6, 1.0);
    s.key("deployment", &WorkloadSpec::deployment, "Deployment that is timed; without it the first analog one.");
    return s;
  }();
  return schema;
}

void resolve_workload(const Node& workload, WorkloadSpec& spec, config::Diagnostics& diagnostics) {
  Rules(workload, spec, diagnostics).check();
  if (spec.arrivals.kind == ArrivalKind::trace && !spec.arrivals.trace.empty())
    spec.arrivals.requests = read_arrival_trace(spec.arrivals.trace, diagnostics);
  for (Request& request : spec.arrivals.requests) request.context_tokens = spec.context_tokens;
}

}  // namespace aimc::sim
