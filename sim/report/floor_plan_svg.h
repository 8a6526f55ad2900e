#pragma once
#include <string>

#include "sim/program/program.h"

namespace aimc::sim {

struct FloorPlanOptions {
  std::string title;
  bool loads = false;  ///< colour the links by the time one sampled token takes of them
};

/// The chips of a mapped program as one SVG picture: every chip's grid of tiles coloured by layer (stacked or shared
/// tiles in stripes), digital and attention units, gateways, a legend and a scale; with loads the links of the network
/// and between chips. At most the first 100 chips are drawn.
[[nodiscard]] std::string floor_plan_svg(const Program& program, const FloorPlanOptions& options);

}  // namespace aimc::sim
