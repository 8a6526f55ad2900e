#include "sim/experiment/break_even_rates.h"

namespace aimc::sim {

void fill_rates(const CostResult& cost, std::int64_t tokens, IdlePolicy policy, BreakEvenPoint& point) {
  for (const RequestTiming& request : cost.timing.requests) {
    const double span = (request.token_times.back() - request.token_times.front()).seconds();
    point.tokens_per_s += static_cast<double>(tokens - 1) / span;
    point.time_per_output_token_s += span / static_cast<double>((tokens - 1) * point.batch);
  }
  const auto i = static_cast<std::size_t>(policy);
  const double passes = static_cast<double>(tokens * point.batch);
  const Energy at_the_chips = cost.energy.dynamic + cost.energy.static_energy[i];
  const double supplies = at_the_chips > Energy{} ? cost.energy.total[i] / at_the_chips : 1;  // their losses
  const double dynamic = supplies * cost.energy.dynamic.si() / passes;
  const double idle = supplies * cost.energy.static_energy[i].si() / cost.timing.elapsed.seconds() / point.tokens_per_s;
  point.j_per_token = dynamic + idle;
  point.static_share = idle / point.j_per_token;
}

}  // namespace aimc::sim
