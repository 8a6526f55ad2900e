#include "sim/mapping/hop_distance.h"

#include <algorithm>
#include <cmath>

namespace aimc::sim {
namespace {

std::int64_t relative_slowness(const HardwareSpec& hardware) {
  const double chip_link = hardware.chip_link.bandwidth.si() * 8;
  const double network = hardware.network.clock.si() * hardware.network.flit_bits;
  return chip_link > 0 ? std::max<std::int64_t>(1, std::llround(network / chip_link)) : 1;
}

}  // namespace

HopDistance::HopDistance(const HardwareSpec& hardware, std::uint32_t chips)
    : plan_(hardware.chip),
      topology_(hardware.network.topology, plan_.grid(), chips),
      chip_link_(relative_slowness(hardware)) {}

std::int64_t HopDistance::hops(interconnect::NetworkPlace from, interconnect::NetworkPlace to) const {
  if (from.chip == to.chip) return topology_.chip().hops(from.node, to.node);
  const interconnect::ChipGrid& chips = topology_.chips();
  std::uint32_t chip = from.chip;
  interconnect::Direction side = chips.next(chip, to.chip);
  std::int64_t sum = topology_.chip().hops(from.node, topology_.chip().gateway(side));
  while (true) {
    sum += chip_link_;
    chip = chips.neighbour(chip, side);
    if (chip == to.chip) break;
    side = chips.next(chip, to.chip);
  }
  return sum + topology_.chip().hops(topology_.chip().gateway(opposite(side)), to.node);
}

}  // namespace aimc::sim
