#pragma once
#include <cstdint>
#include <systemc>
#include <vector>

#include "interconnect/sc/link_calendar.h"
#include "interconnect/sc/packet.h"
#include "interconnect/spec/interconnect_spec.h"
#include "interconnect/topology/chip_grid.h"

namespace aimc::interconnect {

/// The links between the chips of a package (topology/chip_grid.h). Packets are forwarded by the links' own hubs,
/// without entering the networks of the chips they pass.
class ChipLinkModule : public sc_core::sc_module {
 public:
  ChipLinkModule(const sc_core::sc_module_name& name, const ChipLinkSpec& spec, int header_bits, std::uint32_t chips,
                 std::size_t accounts);

  /// Reserves the links from one chip to another; counts the bytes to the chips that send; returns the front at `to`.
  Flow travel(std::uint32_t from, std::uint32_t to, const Packet& packet, Flow flow);
  /// The same between idle links, reserving and counting nothing.
  [[nodiscard]] Flow unloaded(std::uint32_t from, std::uint32_t to, const Packet& packet, Flow flow) const;
  [[nodiscard]] Time busiest_link() const;

  /// Bytes sent by a chip's hub for an account.
  [[nodiscard]] std::int64_t bytes(std::uint32_t chip, Account account) const {
    return bytes_[chip * accounts_ + account];
  }
  /// Bytes of a packet on a link: header and payload.
  [[nodiscard]] std::int64_t packet_bytes(const Packet& packet) const;

 private:
  [[nodiscard]] Time serialisation(const Packet& packet) const;

  const ChipLinkSpec spec_;
  const int header_bits_;
  const std::size_t accounts_;
  const ChipGrid grid_;
  std::vector<LinkCalendar> links_;
  std::vector<std::int64_t> bytes_;  // [chip][account]
};

}  // namespace aimc::interconnect
