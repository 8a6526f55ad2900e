#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/units/quantity.h"

namespace aimc::sim {

/// What a token is served by, or waits for, on its critical path.
enum class Resource : std::uint8_t {
  tile,            ///< crossbar tiles: MVMs and accumulators
  digital_unit,    ///< vector operations, digital products without their weight stream
  attention_unit,  ///< QK^T, softmax, PV
  memory_channel,  ///< KV cache, embedding rows, weight streams
  chip_network,    ///< links and ports of the network on a chip
  chip_link,       ///< links between chips
  output_port,     ///< a unit's own output buffer, busy with earlier results
  token_order,     ///< the tokens of the sequence before, whose keys and values attention needs and that have not come
  batch,           ///< the other tokens of a batch that a digital product takes together
  admission        ///< between arrival and the start of the first token
};
inline constexpr std::size_t resource_count = 10;

struct ResourceTime {
  Resource resource{};
  Time service;  ///< on the path, working for the token
  Time waiting;  ///< on the path, working for others
  /// The span without both, and without what could go with them (SharedWaits): no faster resource of this kind takes it
  /// below that, as long as waits that it has no part in last as long.
  Time bound;
};

/// The critical path of one span by resource: service and waiting sum to the span exactly.
struct PathResources {
  std::vector<ResourceTime> resources;  ///< those with any time, in the order of Resource
  std::string most_waited;              ///< the single unit, link or channel that was waited for longest; may be empty
  Time most_waited_time;
  [[nodiscard]] Time total() const;
};

[[nodiscard]] std::string_view name(Resource resource);

}  // namespace aimc::sim
