#include "sim/timing/path_resources.h"

#include "base/check/check.h"

namespace aimc::sim {

Time PathResources::total() const {
  Time sum;
  for (const ResourceTime& time : resources) sum += time.service + time.waiting;
  return sum;
}

std::string_view name(Resource resource) {
  switch (resource) {
    case Resource::tile:
      return "tiles";
    case Resource::digital_unit:
      return "digital units";
    case Resource::attention_unit:
      return "attention units";
    case Resource::memory_channel:
      return "memory channels";
    case Resource::chip_network:
      return "on-chip network";
    case Resource::chip_link:
      return "chip links";
    case Resource::output_port:
      return "output ports";
    case Resource::token_order:
      return "token order";
    case Resource::batch:
      return "batch";
    case Resource::admission:
      return "admission";
  }
  AIMC_CHECK(false, "no such resource: {}", static_cast<int>(resource));
  return {};
}

}  // namespace aimc::sim
