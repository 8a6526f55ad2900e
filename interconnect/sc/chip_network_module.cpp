#include "interconnect/sc/chip_network_module.h"

#include <algorithm>
#include <functional>

#include "interconnect/sc/kernel_time.h"

namespace aimc::interconnect {

ChipNetworkModule::ChipNetworkModule(const sc_core::sc_module_name& name, const NetworkSpec& spec, std::size_t accounts,
                                     PacketListener& listener)
    : sc_module(name), spec_(spec), listener_(listener), flit_hops_(accounts) {
  SC_HAS_PROCESS(ChipNetworkModule);
  SC_METHOD(deliver_due);
  sensitive << due_;
  dont_initialize();
}

std::int64_t ChipNetworkModule::flits(const Packet& packet) const {
  return (spec_.header_bits + packet.payload_bits + spec_.flit_bits - 1) / spec_.flit_bits;
}

Time ChipNetworkModule::cycles(std::int64_t count) const {
  return Time::from_seconds(static_cast<double>(count) / spec_.clock.si());
}

void ChipNetworkModule::deliver_at(Time at, std::uint64_t cookie) {
  deliveries_.push_back({at, sequence_++, cookie});
  std::ranges::push_heap(deliveries_, std::greater<>{});
  if (deliveries_.front().sequence + 1 == sequence_) notify_at(due_, at);
}

void ChipNetworkModule::deliver_due() {
  const Time now = kernel_now();
  while (!deliveries_.empty() && deliveries_.front().at <= now) {
    std::ranges::pop_heap(deliveries_, std::greater<>{});
    const std::uint64_t cookie = deliveries_.back().cookie;
    deliveries_.pop_back();
    listener_.delivered(cookie);
  }
  if (!deliveries_.empty()) notify_at(due_, deliveries_.front().at);
}

}  // namespace aimc::interconnect
