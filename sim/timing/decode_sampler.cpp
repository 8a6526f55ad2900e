#include "sim/timing/decode_sampler.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace aimc::sim {

DecodeSampler::DecodeSampler(std::int64_t first, std::int64_t last, const std::vector<std::int64_t>& kinks,
                             double tolerance, bool settled)
    : tolerance_(tolerance) {
  // The first token may still meet the end of the prompt's work: it is nobody's neighbour.
  std::set<std::int64_t> corners{first, last};
  const auto add = [&](std::int64_t token) {
    if (first < token && token < last) corners.insert(token);
  };
  if (!settled) add(first + 1);
  for (const std::int64_t kink : kinks) {
    add(kink);
    if (!settled) add(kink + 1);
  }
  corners_.assign(corners.rbegin(), corners.rend());
  for (std::size_t i = 0; i + 1 < corners_.size(); ++i) segments_.emplace_back(corners_[i + 1], corners_[i]);
}

void DecodeSampler::measured(std::int64_t token, Time time) { times_[token] = time; }

double DecodeSampler::deviation(std::int64_t begin, std::int64_t middle, std::int64_t end) const {
  const double share = static_cast<double>(middle - begin) / static_cast<double>(end - begin);
  const double from = times_.at(begin).seconds(), to = times_.at(end).seconds(), seen = times_.at(middle).seconds();
  return std::abs(from + (to - from) * share - seen) / seen;
}

std::optional<std::int64_t> DecodeSampler::next() {
  while (!corners_.empty()) {
    const std::int64_t corner = corners_.back();
    corners_.pop_back();
    if (!times_.contains(corner)) return corner;
  }
  while (!segments_.empty()) {
    const auto [begin, end] = segments_.back();
    const std::int64_t middle = begin + (end - begin) / 2;
    if (middle > begin && !times_.contains(middle)) return middle;
    segments_.pop_back();
    if (middle == begin) continue;
    const double off = deviation(begin, middle, end);
    if (off > tolerance_) {
      segments_.emplace_back(middle, end);
      segments_.emplace_back(begin, middle);
    } else {
      largest_ = std::max(largest_, off);
    }
  }
  return std::nullopt;
}

}  // namespace aimc::sim
