#pragma once
#include <cstdint>
#include <systemc>

#include "interconnect/spec/interconnect_spec.h"

namespace aimc::interconnect {

/// One memory channel: requests in the order they are made, each holding the channel for bytes / bandwidth; the first
/// byte arrives after the latency, which overlaps with other requests.
class DramChannelModule : public sc_core::sc_module {
 public:
  DramChannelModule(const sc_core::sc_module_name& name, const DramSpec& spec);

  /// A request made now; returns when its last byte has been transferred. No bytes take no time.
  Time transfer(std::int64_t bytes);

  [[nodiscard]] Time busy() const { return busy_; }
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }
  [[nodiscard]] std::int64_t idle_gaps() const { return idle_gaps_; }

 private:
  const DramSpec spec_;
  Time free_;
  Time busy_;
  std::int64_t bytes_ = 0;
  std::int64_t idle_gaps_ = 0;
};

/// Time a request holds its channel: bytes / bandwidth.
[[nodiscard]] Time channel_occupancy(const DramSpec& spec, std::int64_t bytes);

}  // namespace aimc::interconnect
