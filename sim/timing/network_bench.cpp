#include "sim/timing/network_bench.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <systemc>

#include "base/check/check.h"
#include "base/events/kernel_time.h"
#include "base/events/ordered_event.h"
#include "base/parallel/interrupt.h"
#include "base/random/stream.h"
#include "interconnect/sc/package_network_module.h"
#include "sim/timing/kernel.h"

namespace aimc::sim {
namespace {

using interconnect::MeshNode;

/// A packet and when it was born, in cycles of the measurement.
struct Birth {
  std::int64_t cycle;
  MeshNode from, to;
};

/// The births of one measurement, in order of time.
class Traffic {
 public:
  Traffic(const NetworkBenchSpec& spec, double rate)
      : spec_(spec), key_(RandomKey(spec.seed).child("network traffic")) {
    const auto nodes = static_cast<MeshNode>(spec.grid.width * spec.grid.height);
    for (MeshNode node = 0; node < nodes; ++node) {
      throw_if_interrupted();
      if (!is_silent(node)) add_births(node, rate / spec.packet_flits);
    }
    std::ranges::stable_sort(births, {}, &Birth::cycle);
  }
  std::vector<Birth> births;
  std::int64_t senders = 0;

 private:
  [[nodiscard]] bool is_silent(MeshNode node) const {
    return spec_.pattern == TrafficPattern::transpose && transposed(node) == node;
  }
  [[nodiscard]] MeshNode transposed(MeshNode node) const {
    const auto width = static_cast<MeshNode>(spec_.grid.width);
    return node % width * width + node / width;
  }
  void add_births(MeshNode node, double probability) {
    ++senders;
    const RandomKey key = key_.child(node);
    std::uint64_t draw = 0;
    // Gaps between successes of a Bernoulli process are geometric.
    const double scale = probability < 1 ? 1 / std::log1p(-probability) : 0;
    for (std::int64_t cycle = -1;;) {
      const double gap = std::log1p(-uniform(key, draw++)) * scale;
      if (gap >= static_cast<double>(spec_.cycles)) return;  // also gaps that no integer holds
      cycle += 1 + static_cast<std::int64_t>(gap);
      if (cycle >= spec_.cycles) return;
      births.push_back({cycle, node, target(node, uniform(key, draw), uniform(key, draw + 1))});
      draw += 2;
    }
  }
  [[nodiscard]] MeshNode target(MeshNode node, double choice, double where) const {
    const auto width = static_cast<MeshNode>(spec_.grid.width), height = static_cast<MeshNode>(spec_.grid.height);
    const MeshNode x = node % width, y = node / width, middle = height / 2 * width + width / 2;
    if (spec_.pattern == TrafficPattern::transpose) return transposed(node);
    if (spec_.pattern == TrafficPattern::neighbor) return (y + 1) % height * width + (x + 1) % width;
    if (spec_.pattern == TrafficPattern::hotspot && choice < spec_.hotspot_share && node != middle) return middle;
    const auto other = static_cast<MeshNode>(where * (width * height - 1));
    return other < node ? other : other + 1;
  }

  const NetworkBenchSpec& spec_;
  RandomKey key_;
};

}  // namespace

/// Sends the births of one measurement at a time and notes their arrivals.
class NetworkBench::Driver final : public sc_core::sc_module, private interconnect::PacketListener {
 public:
  Driver(const sc_core::sc_module_name& name, const NetworkBenchSpec& spec, Kernel& kernel)
      : sc_module(name),
        kernel_(kernel),
        spec_(spec),
        nodes_(static_cast<MeshNode>(spec.grid.width * spec.grid.height)),
        routes_(spec.network.topology, spec.grid, 1),
        network_("network", spec.network, {}, routes_, 1, *this),
        route_of_(std::size_t{nodes_} * nodes_) {
    SC_HAS_PROCESS(Driver);
    SC_METHOD(send_due);
    sensitive << next_birth_.event();
    dont_initialize();
  }

  NetworkBenchResult measure(double rate) {
    AIMC_CHECK(rate > 0 && rate <= 1, "a rate of {} flits a cycle", rate);
    Traffic traffic(spec_, rate);
    births_ = std::move(traffic.births);
    arrivals_.assign(births_.size(), Time{});
    next_ = 0;
    begin_ = kernel_now() + cycles(1);
    if (!births_.empty()) next_birth_.notify_at(birth_time(births_.front()));
    kernel_.run();
    return evaluate(rate, traffic.senders);
  }

 private:
  [[nodiscard]] Time cycles(std::int64_t count) const {
    return Time::from_seconds(static_cast<double>(count) / spec_.network.clock.si());
  }
  [[nodiscard]] Time birth_time(const Birth& birth) const { return begin_ + cycles(birth.cycle); }

  [[nodiscard]] interconnect::Packet packet_of(const Birth& birth) {
    std::optional<interconnect::RouteId>& route = route_of_[std::size_t{birth.from} * nodes_ + birth.to];
    if (!route) route = routes_.add_route({0, birth.from}, {0, birth.to});
    interconnect::Packet packet;
    packet.route = *route;
    packet.payload_bits = std::int64_t{spec_.packet_flits} * spec_.network.flit_bits - spec_.network.header_bits;
    return packet;
  }

  void send_due() {
    kernel_.guard([this] {
      const Time now = kernel_now();
      for (; next_ < births_.size() && birth_time(births_[next_]) <= now; ++next_) {
        interconnect::Packet packet = packet_of(births_[next_]);
        packet.cookie = next_;
        network_.send(packet);
      }
      if (next_ < births_.size()) next_birth_.notify_at(birth_time(births_[next_]));
    });
  }
  void delivered(std::uint64_t cookie, std::uint32_t /*end*/) override { arrivals_[cookie] = kernel_now(); }

  NetworkBenchResult evaluate(double rate, std::int64_t senders) {
    const std::int64_t warm_up = spec_.cycles / 4;
    const Time from = begin_ + cycles(warm_up), until = begin_ + cycles(spec_.cycles);
    const double period = 1e12 / spec_.network.clock.si();
    std::vector<double> latencies;
    double zero_load = 0;
    std::int64_t born = 0, arrived = 0;
    for (std::size_t i = 0; i < births_.size(); ++i) {
      if (arrivals_[i] > from && arrivals_[i] <= until) ++arrived;
      if (births_[i].cycle < warm_up) continue;
      ++born;
      latencies.push_back(static_cast<double>((arrivals_[i] - birth_time(births_[i])).picoseconds()) / period);
      const interconnect::Packet packet = packet_of(births_[i]);
      const Time empty = network_.unloaded_time(packet.route, 0, packet.payload_bits, Time{});
      zero_load += static_cast<double>(empty.picoseconds()) / period;
    }
    NetworkBenchResult result;
    result.rate = rate;
    result.packets = born;
    if (born == 0) return result;
    const double per_flit = static_cast<double>(spec_.packet_flits) / static_cast<double>(senders) /
                            static_cast<double>(spec_.cycles - warm_up);
    result.offered = static_cast<double>(born) * per_flit;
    result.accepted = static_cast<double>(arrived) * per_flit;
    for (const double latency : latencies) result.mean_latency += latency;
    result.mean_latency /= static_cast<double>(born);
    result.zero_load_latency = zero_load / static_cast<double>(born);
    const auto p99 = latencies.begin() + static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(born - 1));
    std::ranges::nth_element(latencies, p99);
    result.p99_latency = *p99;
    return result;
  }

  Kernel& kernel_;
  const NetworkBenchSpec spec_;
  MeshNode nodes_;
  interconnect::RouteTable routes_;
  interconnect::PackageNetworkModule network_;
  std::vector<std::optional<interconnect::RouteId>> route_of_;  // [from][to]
  OrderedEvent next_birth_;
  std::vector<Birth> births_;
  std::vector<Time> arrivals_;  // [birth]
  std::size_t next_ = 0;
  Time begin_;
};

NetworkBench::NetworkBench(const NetworkBenchSpec& spec)
    : kernel_(std::make_unique<Kernel>()), driver_(std::make_unique<Driver>("network_bench", spec, *kernel_)) {}
NetworkBench::~NetworkBench() = default;
NetworkBenchResult NetworkBench::measure(double rate) { return driver_->measure(rate); }

std::vector<NetworkBenchResult> NetworkBench::sweep() {
  std::vector<NetworkBenchResult> results;
  double low = 0, high = 1;
  for (int step = 1; step <= 20; ++step) {
    results.push_back(measure(0.05 * step));
    if (results.back().saturated()) {
      high = results.back().rate;
      break;
    }
    low = results.back().rate;
  }
  for (int halving = 0; halving < 6 && low < high; ++halving) {
    const double middle = (low + high) / 2;
    results.push_back(measure(middle));
    (results.back().saturated() ? high : low) = middle;
  }
  std::ranges::sort(results, {}, &NetworkBenchResult::rate);
  return results;
}

}  // namespace aimc::sim
