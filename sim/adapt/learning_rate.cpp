#include "sim/adapt/learning_rate.h"

#include <cmath>

namespace aimc::adapt {
namespace {

double between(double x, double x0, double y0, double x1, double y1) {
  return x1 <= x0 ? y1 : y0 + (y1 - y0) * (x - x0) / (x1 - x0);
}

double scheduled(const OptimiserSpec& spec, double step) {
  double last_step = -1, last_share = 0;
  for (const RatePoint& point : spec.schedule) {
    const auto at = static_cast<double>(point.step);
    if (step <= at) return spec.rate * between(step, last_step, last_share, at, point.share);
    last_step = at;
    last_share = point.share;
  }
  return spec.rate * last_share;
}

}  // namespace

double learning_rate(const OptimiserSpec& spec, std::int64_t steps, std::int64_t step) {
  const auto at = static_cast<double>(step);
  if (!spec.schedule.empty()) return scheduled(spec, at);
  const double warm_up = std::ceil(spec.warm_up * static_cast<double>(steps));
  if (at < warm_up) return spec.rate * at / warm_up;
  return between(at, warm_up, spec.rate, static_cast<double>(steps), spec.last_rate);
}

}  // namespace aimc::adapt
