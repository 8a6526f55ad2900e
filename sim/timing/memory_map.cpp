#include "sim/timing/memory_map.h"

#include <variant>

namespace aimc::sim {

MemoryMap::MemoryMap(const Program& program)
    : per_chip_(program.hardware.dram.attachment == interconnect::DramAttachment::per_chip),
      chips_(program.chips),
      channels_each_(static_cast<std::uint32_t>(program.hardware.dram.channels)) {
  std::uint32_t layer = 0;
  for (const workloads::Node& node : program.graph.nodes) {
    layer_of_.push_back(layer);
    if (std::holds_alternative<workloads::AttentionOp>(node.op)) ++layer;
  }
}

std::uint32_t MemoryMap::channels() const { return per_chip_ ? chips_ * channels_each_ : channels_each_; }

std::uint32_t MemoryMap::channel_of(const Step& step) const {
  const std::uint32_t first = per_chip_ ? step.unit.chip * channels_each_ : 0;
  return first + layer_of_[step.node] % channels_each_;
}

std::uint32_t MemoryMap::chip_of(std::uint32_t channel) const { return per_chip_ ? channel / channels_each_ : 0; }

}  // namespace aimc::sim
