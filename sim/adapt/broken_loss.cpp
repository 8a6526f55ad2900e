#include "sim/adapt/broken_loss.h"

#include <algorithm>
#include <cmath>

namespace aimc::adapt {

bool is_broken(double loss, double best) {
  constexpr double least_nats = 1, most_times = 4;
  return !std::isfinite(loss) || loss > std::max(least_nats, most_times * best);
}

}  // namespace aimc::adapt
