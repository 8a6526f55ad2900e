#pragma once
#include <cstdint>
#include <vector>

#include "sim/program/program.h"

namespace aimc::sim {

/// Which memory channel serves which step. Each chip has channels of its own (per_chip) or all share one set
/// (per_package); layers are dealt over the channels in turn. The layer of an operator is the number of attentions
/// before it in the graph.
class MemoryMap {
 public:
  explicit MemoryMap(const Program& program);

  [[nodiscard]] std::uint32_t channels() const;
  [[nodiscard]] std::uint32_t channel_of(const Step& step) const;
  /// Chip a channel belongs to; 0 for those of the package.
  [[nodiscard]] std::uint32_t chip_of(std::uint32_t channel) const;

 private:
  bool per_chip_;
  std::uint32_t chips_, channels_each_;
  std::vector<std::uint32_t> layer_of_;  // [graph nodes]
};

}  // namespace aimc::sim
