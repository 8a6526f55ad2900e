#include "measured_period.h"

namespace aimc::sim {

Time measured_period(const HardwareSpec& hardware) {
  return tiles::mvm_timing(hardware.tile, hardware.tile.rows, hardware.tile.columns).period();
}

}  // namespace aimc::sim
