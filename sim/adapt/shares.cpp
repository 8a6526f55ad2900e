#include "sim/adapt/shares.h"

#include <numeric>

#include "base/check/check.h"
#include "sim/adapt/losses.h"

namespace aimc::adapt {

std::int64_t least_pieces(std::int64_t parts, std::int64_t processes) { return processes / std::gcd(parts, processes); }

std::vector<Share> shares_of(const Batch& batch, std::int64_t parts, std::int64_t pieces, std::int64_t rank,
                             std::int64_t processes) {
  const std::int64_t rows = batch.ids.size(0), length = batch.ids.size(1), all = parts * pieces;
  AIMC_CHECK(all % processes == 0, "every process gets as many shares");
  std::vector<Share> shares;
  for (std::int64_t s = rank; s < all; s += processes) {
    const std::int64_t first = rows * s / all, count = rows * (s + 1) / all - first;
    Share& share = shares.emplace_back(Share{.part = s / pieces, .batch = {}, .first_token = first * length});
    share.empty = count == 0;
    if (share.empty)
      share.batch = {batch.ids.narrow(0, 0, 1), at::full({1, length}, no_target, at::kLong), 0};
    else
      share.batch = {batch.ids.narrow(0, first, count), batch.targets.narrow(0, first, count), 0};
  }
  return shares;
}

}  // namespace aimc::adapt
