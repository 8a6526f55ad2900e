#include "sim/mapping/chip_count.h"
#include "sim/mapping/strategies.h"

namespace aimc::sim {

void place_in_order(Placement& placement, const LayerGroups& groups, const HardwareSpec& hardware,
                    const std::string& model) {
  placement.chips = chips_for(std::ssize(placement.shards), hardware, model);
  if (!placement.shards.empty()) fill_tiles(laying_order(placement), hardware, 0, placement.chips);
  set_home_chips(placement, groups);
}

}  // namespace aimc::sim
