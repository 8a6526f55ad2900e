#include "sim/report/latency_json.h"

#include <nlohmann/json.hpp>

#include "sim/report/labels.h"
#include "sim/report/request_statistics.h"
#include "sim/report/use_of_units.h"

namespace aimc::sim {
namespace {

using Json = nlohmann::ordered_json;

Json stages_json(const StageTimes& stages, double tokens) {
  Json json;
  for (const auto& [name, time] : stage_list(stages)) json[std::string(name) + "_s"] = time.seconds() / tokens;
  return json;
}

Json percentiles_json(const Percentiles& p) {
  return {{"mean", p.mean}, {"p50", p.p50}, {"p90", p.p90}, {"p99", p.p99}};
}

Json requests_json(const CostResult& cost) {
  const RequestStatistics s = request_statistics(cost.timing);
  Json json = {{"count", cost.timing.requests.size()},
               {"time_to_first_token_s", percentiles_json(s.time_to_first_token)},
               {"time_per_output_token_s", nullptr},
               {"inter_token_latency_s", nullptr},
               {"tokens_per_s", s.tokens_per_s}};
  if (s.inter_token_latency.mean > 0) {  // some request has two tokens
    json["time_per_output_token_s"] = percentiles_json(s.time_per_output_token);
    json["inter_token_latency_s"] = percentiles_json(s.inter_token_latency);
  }
  return json;
}

Json path_json(const PathResources& path, double tokens) {
  Json resources = Json::object();
  for (const auto& time : path.resources) {
    std::string key(name(time.resource));
    std::ranges::replace(key, ' ', '_');
    std::ranges::replace(key, '-', '_');
    resources[key] = {{"service_s", time.service.seconds() / tokens},
                      {"waiting_s", time.waiting.seconds() / tokens},
                      {"bound_s", time.bound.seconds() / tokens}};
  }
  Json waited = nullptr;
  if (!path.most_waited.empty())
    waited = {{"what", path.most_waited}, {"waiting_s", path.most_waited_time.seconds() / tokens}};
  return {{"resources", resources}, {"most_waited_for", waited}};
}

Json units_json(const TimingResult& timing) {
  Json json = Json::object();
  for (const ClassUse& use : use_of_units(timing))
    json[std::string(use.component)] = {
        {"units", use.units}, {"used", use.used}, {"busy_share_of_used", use.of_used}, {"busy_share", use.of_all}};
  return json;
}

Json links_json(const TimingResult& timing) {
  Json json = Json::array();
  for (const LinkShare& link : busiest_links(timing, 10))
    json.push_back({{"link", link.link}, {"reserved_share", link.reserved}});
  return json;
}

}  // namespace

Json latency_json(const RunResult& r) {
  const CostResult& cost = r.cost;
  if (!cost.not_simulated.empty()) return nullptr;
  const TimingResult& t = cost.timing;
  const auto passes = std::ssize(t.token_times) - 1;
  const double decoded = static_cast<double>(std::max<std::int64_t>(1, passes));
  const KvTraffic kv = kv_traffic(t);
  Json per_token = nullptr;  // a single new token has no decode pass
  if (passes > 0) per_token = t.time_per_output_token().seconds();
  return {
      {"deployment", cost.deployment},
      {"prompt_tokens", cost.workload.prompt_tokens()},
      {"new_tokens", cost.workload.new_tokens()},
      {"time_to_first_token_s", t.time_to_first_token().seconds()},
      {"time_per_output_token_s", per_token},
      {"total_s", t.elapsed.seconds()},
      {"tokens_per_s", decode_rate(t)},
      {"stages",
       {{"first_token", stages_json(t.first_token, 1)}, {"per_output_token", stages_json(t.decode, decoded)}}},
      {"critical_path",
       {{"first_token", path_json(t.first_token_path, 1)}, {"per_output_token", path_json(t.decode_path, decoded)}}},
      {"requests", requests_json(cost)},
      {"sampling",
       {{"simulated", t.sampling.simulated},
        {"interpolated", t.sampling.interpolated},
        {"largest_deviation", t.sampling.largest_deviation}}},
      {"units", units_json(t)},
      {"kv_cache",
       {{"read_bytes", kv.read_bytes}, {"written_bytes", kv.written_bytes}, {"bytes_per_s", kv.bytes_per_s}}},
      {"tile_mvms", t.mvms},
      {"packets", t.packets},
      {"bytes_sent", t.bytes_sent},
      {"busiest_link_share", t.busiest_link},
      {"busiest_links", links_json(t)}};
}

}  // namespace aimc::sim
