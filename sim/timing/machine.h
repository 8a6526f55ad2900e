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
class CrossbarTileModule;
class DigitalUnitModule;
}  // namespace aimc::tiles

namespace aimc::sim {

/// The hardware in SystemC: the units that a Playbook uses, the network, the memory channels. Units without work are
/// not built; they only idle.
class Machine final : public tiles::MemoryPort {
 public:
  /// accounts: number of different Packet::account.
  Machine(const Program& program, const Playbook& book, std::size_t accounts, tiles::JobListener& jobs,
          interconnect::PacketListener& packets);
  ~Machine();

  [[nodiscard]] tiles::CrossbarTileModule& tile(UnitIndex unit) { return *tiles_[unit]; }
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
  // [unit]: one of the three is set
  std::vector<std::unique_ptr<tiles::CrossbarTileModule>> tiles_;
  std::vector<std::unique_ptr<tiles::DigitalUnitModule>> digital_units_;
  std::vector<std::unique_ptr<tiles::AttentionUnitModule>> attention_units_;
};

}  // namespace aimc::sim
