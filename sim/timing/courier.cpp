#include "sim/timing/courier.h"

#include "interconnect/sc/package_network_module.h"
#include "sim/timing/job_number.h"

namespace aimc::sim {
namespace {

// What a packet's cookie names beside the pass: its first parcel, or a reduction.
constexpr std::uint32_t reduction_flag = 0x80000000;

std::int64_t bytes_of(const Parcel& parcel) { return (parcel.bits + 7) / 8; }

}  // namespace

void Courier::send(PassId id, const Pass& pass, ParcelIndex index, Time drain) {
  const Parcel& parcel = book_.parcels[index];
  interconnect::Packet packet;
  packet.route = parcel.way;
  packet.payload_bits = parcel.bits;
  packet.feed = drain;
  packet.account = static_cast<interconnect::Account>(
      static_cast<std::size_t>(pass.phase) * program_.graph.nodes.size() + book_.steps[parcel.from].node);
  ++packets_;
  if (parcel.carriage == Carriage::reduction) {
    packet.cookie = pack(id, parcel.way | reduction_flag);
    bytes_sent_ += bytes_of(parcel);
    network_.contribute(parcel.way, parcel.number, packet);
  } else {
    packet.cookie = pack(id, index);
    bytes_sent_ += bytes_of(parcel) * parcel.number;
    network_.send(packet);
  }
}

Courier::Delivery Courier::received(std::uint64_t cookie, std::uint32_t end) {
  const std::uint32_t index = index_in(cookie);
  if ((index & reduction_flag) == 0) {
    bytes_received_ += bytes_of(book_.parcels[index]);
    return {pass_in(cookie), index + end};
  }
  const std::vector<ParcelIndex>& parcels = book_.reductions[index & ~reduction_flag];
  bytes_received_ += bytes_of(book_.parcels[parcels[end]]) * std::ssize(parcels);
  return {pass_in(cookie), parcels[end]};
}

}  // namespace aimc::sim
