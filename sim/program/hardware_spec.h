#pragma once
#include <cstdint>
#include <string>

#include "base/units/idle_power.h"
#include "interconnect/spec/interconnect_spec.h"
#include "tiles/spec/digital_spec.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::sim {

/// What stands on one chip and how many chips there may be.
struct ChipSpec {
  std::int64_t tiles = 0;  ///< 0: all-digital hardware, HardwareSpec::tile stays empty
  std::int64_t digital_units = 0;
  std::int64_t attention_units = 0;
  std::int64_t chips = 0;  ///< given number of chips; 0: as many as the model needs
  Area other_area;         ///< pads, clock, PHY, control: what the parts' areas do not contain
  Power static_power;      ///< of the same, always drawn
};

/// The whole hardware, resolved: the only thing numerics, timing, energy and area read.
struct HardwareSpec {
  std::string name;
  tiles::TileSpec tile;
  tiles::DigitalSpec digital;
  tiles::AttentionSpec attention;
  ChipSpec chip;
  interconnect::NetworkSpec network;
  interconnect::ChipLinkSpec chip_link;
  interconnect::DramSpec dram;
  IdlePolicy idle_policy = IdlePolicy::clock_gated;
};

}  // namespace aimc::sim
