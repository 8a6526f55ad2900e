#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// How busy the units of one class were.
struct ClassUse {
  std::string_view component;
  std::int64_t units = 0, used = 0;  ///< over all chips; used: with at least one job
  double of_used = 0, of_all = 0;    ///< busy share of the elapsed time, mean over those
};
/// Tiles, digital units, attention units, memory channels, as far as there are any.
[[nodiscard]] std::vector<ClassUse> use_of_units(const TimingResult& timing);

/// A link and the share of the elapsed time it was reserved.
struct LinkShare {
  std::string link;
  double reserved = 0;
};
/// The `most` links that were reserved longest, the longest first.
[[nodiscard]] std::vector<LinkShare> busiest_links(const TimingResult& timing, std::size_t most);

/// What the KV cache moved.
struct KvTraffic {
  std::int64_t read_bytes = 0, written_bytes = 0;
  double bytes_per_s = 0;  ///< of both, over the elapsed time
};
[[nodiscard]] KvTraffic kv_traffic(const TimingResult& timing);

}  // namespace aimc::sim
