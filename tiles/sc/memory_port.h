#pragma once
#include <cstdint>

#include "base/units/quantity.h"

namespace aimc::tiles {

/// What a job moves to and from memory: the write first, then the read, on one channel.
struct MemoryTraffic {
  std::uint32_t channel = 0;
  std::int64_t write_bytes = 0, read_bytes = 0;
};

/// A unit's way to memory; implemented where units and memory channels are brought together.
class MemoryPort {
 public:
  /// Requests made now; returns when the last byte has been transferred (now for no bytes).
  virtual Time transfer(const MemoryTraffic& traffic) = 0;

 protected:
  ~MemoryPort() = default;
};

}  // namespace aimc::tiles
