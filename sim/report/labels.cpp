#include "sim/report/labels.h"

#include <fmt/format.h>

namespace aimc::sim {

std::string_view kind_name(config::ValueKind kind) { return config::name(kind); }

std::string short_linear_name(const std::string& name) {
  std::string last = name.substr(name.rfind('.') + 1);
  constexpr std::string_view layers = "layers.";
  const auto at = name.find(layers);
  if (at == std::string::npos) return last;
  const auto number = at + layers.size();
  return name.substr(number, name.find('.', number) - number) + "." + last;
}

std::string percent(double share) {
  const bool small = share > 0 && share < 0.0005;
  return small ? fmt::format("{:.1g} %", 100 * share) : fmt::format("{:.1f} %", 100 * share);
}

std::vector<std::pair<std::string_view, Time>> stage_list(const StageTimes& s) {
  return {{"analog_mvm", s.analog_mvm}, {"digital", s.digital}, {"attention", s.attention},
          {"kv_memory", s.kv_memory},   {"network", s.network}, {"waiting", s.waiting}};
}

std::vector<std::pair<std::string, Energy>> energy_by_operator(const RunResult& result) {
  std::map<std::string, Energy> sums;
  const auto& energies = result.cost.energy.dynamic_by_operator;
  for (std::size_t id = 0; id < energies.size(); ++id) {
    const std::string& name = result.program.graph.nodes[id].name;
    sums[name.substr(name.rfind('.') + 1)] += energies[id];
  }
  std::vector<std::pair<std::string, Energy>> sorted(sums.begin(), sums.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

bool has_interval(const PairedDifference& difference) { return difference.high > difference.low; }

double decode_rate(const TimingResult& timing) {
  const double per_token = timing.time_per_output_token().seconds();
  return 1.0 / (per_token > 0 ? per_token : timing.elapsed.seconds());
}

}  // namespace aimc::sim
