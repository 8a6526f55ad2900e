#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/program/program.h"
#include "sim/timing/playbook.h"
#include "tiles/sc/job.h"
#include "tiles/sc/memory_port.h"

namespace aimc::interconnect {
class DramChannelModule;
class PackageNetworkModule;
class PacketListener;
}  // namespace aimc::interconnect
namespace aimc::tiles {
class ActivityMeter;
class AttentionUnitModule;
class CrossbarTilesModule;
class DigitalUnitModule;
}  // namespace aimc::tiles

namespace aimc::sim {

/// The hardware in SystemC: the units that a Playbook uses, the network, the memory channels. Units without work are
/// not built; they only idle.
class Machine final : public tiles::MemoryPort {
 public:
  /// accounts: number of different Packet::account.
  Machine(const Program& program, const Playbook& book, std::size_t accounts, tiles::JobOrder order,
          tiles::JobListener& jobs, interconnect::PacketListener& packets);
  ~Machine();

  [[nodiscard]] tiles::CrossbarTilesModule& tiles() { return *tiles_; }
  [[nodiscard]] tiles::DigitalUnitModule& digital_unit(UnitIndex unit) { return *digital_units_[unit]; }
  [[nodiscard]] tiles::AttentionUnitModule& attention_unit(UnitIndex unit) { return *attention_units_[unit]; }
  [[nodiscard]] interconnect::PackageNetworkModule& network() { return *network_; }
  [[nodiscard]] const interconnect::PackageNetworkModule& network() const { return *network_; }
  [[nodiscard]] const std::vector<std::unique_ptr<interconnect::DramChannelModule>>& channels() const {
    return channels_;
  }
  Time transfer(const tiles::MemoryTraffic& traffic) override;
  [[nodiscard]] const tiles::ActivityMeter& activity(UnitIndex unit) const;
  /// MVMs that the tiles have served.
  [[nodiscard]] std::int64_t mvms() const;

 private:
  void build_unit(const HardwareSpec& hardware, const UnitAddress& address, UnitIndex unit, tiles::JobListener& jobs);

  std::unique_ptr<interconnect::PackageNetworkModule> network_;
  std::vector<std::unique_ptr<interconnect::DramChannelModule>> channels_;
  std::unique_ptr<tiles::CrossbarTilesModule> tiles_;  // its tile i is Playbook::units[i]: tiles come first there
  std::uint32_t tile_count_ = 0;
  // [unit]: one of the two is set unless it is a tile
  std::vector<std::unique_ptr<tiles::DigitalUnitModule>> digital_units_;
  std::vector<std::unique_ptr<tiles::AttentionUnitModule>> attention_units_;
};

}  // namespace aimc::sim
