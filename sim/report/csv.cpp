#include "sim/report/csv.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/report/labels.h"
#include "sim/report/time_attribution.h"

namespace aimc::sim {
namespace {

// Empty where the task has no items of that kind.
std::string cell(const Spread& spread, std::size_t seed) {
  return seed < spread.values.size() ? fmt::format("{:.9g}", spread.values[seed]) : "";
}

std::string accuracy_csv(const RunResult& r) {
  std::string csv = "deployment,seed_index,bits_per_character,perplexity,cloze_accuracy\n";
  for (const auto& d : r.accuracy.deployments)
    for (std::size_t i = 0; i < static_cast<std::size_t>(d.seeds); ++i)
      csv += fmt::format("{},{},{},{},{}\n", d.name, i, cell(d.bits_per_character, i), cell(d.perplexity, i),
                         cell(d.choice_accuracy, i));
  return csv;
}

std::string items_csv(const RunResult& r) {
  std::string csv = "text";
  for (const auto& d : r.accuracy.deployments) csv += fmt::format(",{}_bits", d.name);
  csv += "\n";
  for (std::size_t i = 0; i < r.accuracy.text_ids.size(); ++i) {
    csv += r.accuracy.text_ids[i];
    for (const auto& d : r.accuracy.deployments) csv += fmt::format(",{:.9g}", d.item_bits.at(i));
    csv += "\n";
  }
  return csv;
}

// Empty where a linear makes no error or has no converters.
std::string layers_csv(const RunResult& r) {
  const auto number = [](double value) { return std::isfinite(value) ? fmt::format("{:.9g}", value) : ""; };
  std::string csv = "linear,unit,sqnr_db,sqnr_in_network_db,dac_clip_rate,adc_clip_rate,kl_nats\n";
  for (const auto& [linear, q] : r.layers.linears) {
    const bool analog = q.unit == LinearUnit::analog;
    csv +=
        fmt::format("{},{},{},{},{},{},{:.9g}\n", linear, name(q.unit), number(q.sqnr_db), number(q.sqnr_in_network_db),
                    analog ? number(q.dac_clip_rate) : "", analog ? number(q.adc_clip_rate) : "", q.kl_nats);
  }
  return csv;
}

std::string latency_csv(const RunResult& r) {
  std::string csv = "stage,first_token_ps,decode_total_ps\n";
  const auto first = stage_list(r.cost.timing.first_token), decode = stage_list(r.cost.timing.decode);
  for (std::size_t i = 0; i < first.size(); ++i)
    csv += fmt::format("{},{},{}\n", first[i].first, first[i].second.picoseconds(), decode[i].second.picoseconds());
  return csv;
}

std::string tokens_csv(const RunResult& r) {
  std::string csv = "request,new_token,sampled_at_ps\n";
  const auto& requests = r.cost.timing.requests;
  for (std::size_t request = 0; request < requests.size(); ++request)
    for (std::size_t i = 0; i < requests[request].token_times.size(); ++i)
      csv += fmt::format("{},{},{}\n", request, i, requests[request].token_times[i].picoseconds());
  return csv;
}

std::string links_csv(const RunResult& r) {
  std::string csv = "link,reserved_ps\n";
  for (const LinkUse& link : r.cost.timing.links)
    csv += fmt::format("{},{}\n", name(link.place), link.reserved.picoseconds());
  return csv;
}

std::string requests_csv(const RunResult& r) {
  std::string csv =
      "request,context_tokens,prompt_tokens,new_tokens,arrival_ps,started_ps,time_to_first_token_ps,"
      "time_per_output_token_ps,finished_ps\n";
  for (std::size_t i = 0; i < r.cost.timing.requests.size(); ++i) {
    const Request& request = r.cost.workload.requests[i];
    const RequestTiming& t = r.cost.timing.requests[i];
    csv += fmt::format("{},{},{},{},{},{},{},{},{}\n", i, request.context_tokens, request.prompt_tokens,
                       request.new_tokens, t.arrival.picoseconds(), t.started.picoseconds(),
                       t.time_to_first_token().picoseconds(), t.time_per_output_token().picoseconds(),
                       t.token_times.back().picoseconds());
  }
  return csv;
}

std::string energy_csv(const RunResult& r) {
  std::string csv = "part,idle_policy,energy_j,kind\n";
  for (const auto& [action, energy] : r.cost.energy.by_action) {
    const auto& entry = r.spec.energy.actions.at(action);
    const std::string_view kind = !entry.omitted.empty()       ? "omitted"
                                  : !entry.included_in.empty() ? "included"
                                                               : kind_name(r.cost.energy.prices.at(action).kind);
    csv += fmt::format("{}.{},dynamic,{:.9g},{}\n", name(component_of(action)), name(action), energy.si(), kind);
  }
  for (const IdlePolicy policy : idle_policies)
    for (const auto& part : r.cost.energy.static_parts[static_cast<std::size_t>(policy)])
      csv += fmt::format("{},{},{:.9g},{}\n", part.what, name(policy), part.energy.si(), kind_name(part.kind));
  return csv;
}

std::string operators_csv(const RunResult& r) {
  std::string csv = "operator,dynamic_energy_j\n";
  for (const auto& node : r.program.graph.nodes)
    csv += fmt::format("{},{:.9g}\n", node.name, r.cost.energy.dynamic_by_operator.at(node.id).si());
  return csv;
}

std::string counts_csv(const RunResult& r) {
  std::string csv = "component,action,operator,phase,chip,count\n";
  for (const auto& [key, count] : r.cost.timing.counts.entries())
    csv += fmt::format("{},{},{},{},{},{}\n", name(component_of(key.action)), name(key.action),
                       r.program.graph.nodes.at(key.operator_id).name, name(key.phase), key.chip, count);
  return csv;
}

}  // namespace

std::string placement_csv(const Program& program) {
  std::string csv = "linear,row_tile,column_tile,row_begin,rows,column_begin,columns,chip,tile,tier\n";
  for (const auto& s : program.shards)
    csv +=
        fmt::format("{},{},{},{},{},{},{},{},{},{}\n", program.graph.nodes.at(s.linear).name, s.row_tile, s.column_tile,
                    s.row_begin, s.rows, s.column_begin, s.columns, s.tile.chip, s.tile.index, s.tier);
  return csv;
}

std::vector<std::pair<std::string, std::string>> csv_files(const RunResult& r) {
  std::vector<std::pair<std::string, std::string>> files;
  if (r.accuracy.not_measured.empty()) {
    files.emplace_back("accuracy.csv", accuracy_csv(r));
    files.emplace_back("accuracy_items.csv", items_csv(r));
  }
  if (r.layers.not_measured.empty()) files.emplace_back("layers.csv", layers_csv(r));
  if (r.cost.not_simulated.empty()) {
    files.emplace_back("latency_stages.csv", latency_csv(r));
    files.emplace_back("critical_path.csv", critical_path_csv(r.cost.timing));
    files.emplace_back("links.csv", links_csv(r));
    files.emplace_back("requests.csv", requests_csv(r));
    files.emplace_back("tokens.csv", tokens_csv(r));
    files.emplace_back("energy.csv", energy_csv(r));
    files.emplace_back("energy_by_operator.csv", operators_csv(r));
    files.emplace_back("counts.csv", counts_csv(r));
    files.emplace_back("placement.csv", placement_csv(r.program));
  }
  return files;
}

}  // namespace aimc::sim
