#include "interconnect/sc/dram_channel_module.h"

#include "base/events/kernel_time.h"

namespace aimc::interconnect {

Time channel_occupancy(const DramSpec& spec, std::int64_t bytes) {
  return Time::from_seconds(static_cast<double>(bytes) / spec.bandwidth.si());
}

DramChannelModule::DramChannelModule(const sc_core::sc_module_name& name, const DramSpec& spec)
    : sc_module(name), spec_(spec) {}

Time DramChannelModule::transfer(std::int64_t bytes) {
  const Time now = kernel_now();
  if (bytes == 0) return now;
  if (now > free_) {
    ++idle_gaps_;
    free_ = now;
  }
  const Time length = channel_occupancy(spec_, bytes);
  free_ += length;
  busy_ += length;
  bytes_ += bytes;
  return free_ + spec_.latency;
}

}  // namespace aimc::interconnect
