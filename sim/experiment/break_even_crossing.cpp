#include <cmath>
#include <map>

#include "sim/experiment/break_even.h"

namespace aimc::sim {
namespace {

// Batch -> how far the competitor is ahead, as the logarithm of the ratio; only batches that both reach.
std::map<std::int64_t, double> leads(const BreakEvenResult& result, const std::string& against, std::int64_t context,
                                     BreakEvenMetric metric) {
  std::map<std::int64_t, double> own, lead;
  for (const auto& point : result.points)
    if (point.system == result.hardware && point.context == context && point.problem.empty())
      own[point.batch] = value_of(point, metric);
  for (const auto& point : result.points) {
    if (point.system != against || point.context != context || !point.problem.empty()) continue;
    const auto ours = own.find(point.batch);
    const double theirs = value_of(point, metric);
    if (ours == own.end() || ours->second <= 0 || theirs <= 0) continue;
    const double ratio = std::log(theirs / ours->second);
    lead[point.batch] = metric == BreakEvenMetric::j_per_token ? -ratio : ratio;  // less energy is better
  }
  return lead;
}

Crossing crossing_of(const std::map<std::int64_t, double>& lead) {
  Crossing crossing;
  crossing.ahead_at_first = lead.begin()->second > 0;
  for (auto right = std::next(lead.begin()); right != lead.end(); ++right) {
    const auto left = std::prev(right);
    if ((left->second > 0) == (right->second > 0)) continue;
    const double from = std::log(static_cast<double>(left->first)), to = std::log(static_cast<double>(right->first));
    crossing.batch = std::exp(from + (to - from) * left->second / (left->second - right->second));
    return crossing;
  }
  return crossing;
}

}  // namespace

std::vector<Crossing> find_crossings(const BreakEvenResult& result) {
  std::vector<std::int64_t> contexts;
  for (const auto& point : result.points)
    if (std::ranges::find(contexts, point.context) == contexts.end()) contexts.push_back(point.context);
  std::vector<Crossing> crossings;
  for (const BreakEvenMetric metric : break_even_metrics)
    for (const std::string& system : result.systems) {
      if (system == result.hardware) continue;
      for (const std::int64_t context : contexts) {
        const auto lead = leads(result, system, context, metric);
        if (lead.empty()) continue;
        Crossing crossing = crossing_of(lead);
        crossing.against = system, crossing.context = context, crossing.metric = metric;
        crossings.push_back(crossing);
      }
    }
  return crossings;
}

}  // namespace aimc::sim
