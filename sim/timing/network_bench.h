#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "interconnect/spec/interconnect_spec.h"

namespace aimc::sim {

class Kernel;

/// Where the packets of a node go. uniform: any other node. transpose: (x, y) to (y, x), nodes of the diagonal are
/// silent. neighbor: one further in x and in y. hotspot: a share of the packets to the middle node, the others uniform.
enum class TrafficPattern : std::uint8_t { uniform, transpose, hotspot, neighbor };

struct NetworkBenchSpec {
  interconnect::NetworkSpec network;
  interconnect::Grid grid;
  TrafficPattern pattern = TrafficPattern::uniform;
  double hotspot_share = 0.2;   ///< of the packets, to the middle node (pattern hotspot)
  int packet_flits = 4;         ///< header included
  std::int64_t cycles = 20000;  ///< of traffic; measured are the packets that begin in the last three quarters
  std::uint64_t seed = 1;
};

/// What came out at one rate. Loads in flits a cycle for each node that sends; latencies in cycles from the packet's
/// birth, waiting at its source included, to the arrival of its last flit.
struct NetworkBenchResult {
  double rate = 0;      ///< asked for
  double offered = 0;   ///< born in the measured time
  double accepted = 0;  ///< arrived in the measured time
  double mean_latency = 0, p99_latency = 0, zero_load_latency = 0;
  std::int64_t packets = 0;  ///< measured

  /// accepted < 0.95 offered.
  [[nodiscard]] bool loses() const { return accepted < 0.95 * offered; }
  /// Mean latency above three times that of the empty network.
  [[nodiscard]] bool crawls() const { return mean_latency > 3 * zero_load_latency; }
  [[nodiscard]] bool saturated() const { return loses() || crawls(); }
};

/// The network modules of the simulator under synthetic traffic: in each cycle each node sends a packet with
/// probability rate / packet_flits (Bernoulli). One in a process: SystemC elaborates once.
class NetworkBench {
 public:
  explicit NetworkBench(const NetworkBenchSpec& spec);
  ~NetworkBench();
  /// Runs the traffic and lets the network run empty; rate in (0, 1] flits a cycle and node. The same rate gives the
  /// same result.
  NetworkBenchResult measure(double rate);
  /// Measures steps of 0.05 up to the first saturated rate, then halves the distance to the highest unsaturated one six
  /// times. All measurements, ascending; the highest unsaturated rate is the saturation.
  std::vector<NetworkBenchResult> sweep();

 private:
  class Driver;
  std::unique_ptr<Kernel> kernel_;
  std::unique_ptr<Driver> driver_;
};

}  // namespace aimc::sim
