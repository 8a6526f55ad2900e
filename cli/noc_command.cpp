#include <fmt/format.h>

#include <charconv>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "cli/command.h"
#include "cli/options.h"
#include "sim/timing/network_bench.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

using interconnect::Switching;
using interconnect::Topology;
using sim::NetworkBenchResult;
using sim::NetworkBenchSpec;
using sim::TrafficPattern;

const VerbHelp help{"aimcsim noc [options]",
                    "Drives the network modules of the simulator with synthetic traffic (Bernoulli, one\n"
                    "chip, clock of 1 GHz) and prints offered and accepted load in flits a cycle for each\n"
                    "node that sends, and latencies in cycles from a packet's birth to its last flit.\n"
                    "Measured are the packets born in the last three quarters of the cycles.\n"
                    "Patterns: uniform; transpose, (x, y) to (y, x); hotspot, a share of the packets to\n"
                    "the middle node, the others uniform; neighbor, one further in x and in y.\n"
                    "A network is saturated when it accepts less than 0.95 of what is offered, or when the\n"
                    "mean latency is above three times that of the empty network; --sweep looks for it.",
                    "aimcsim noc --size 8x8 --pattern transpose --packet-flits 4 --sweep"};

const std::map<std::string, Topology> topologies{
    {"mesh", Topology::mesh}, {"torus", Topology::torus}, {"ring", Topology::ring}, {"constant", Topology::constant}};
const std::map<std::string, Switching> switchings{{"packet", Switching::packet}, {"circuit", Switching::circuit}};
const std::map<std::string, TrafficPattern> patterns{{"uniform", TrafficPattern::uniform},
                                                     {"transpose", TrafficPattern::transpose},
                                                     {"hotspot", TrafficPattern::hotspot},
                                                     {"neighbor", TrafficPattern::neighbor}};

po::options_description own_options() {
  po::options_description own;
  own.add_options()("topology", po::value<std::string>()->default_value("mesh")->value_name("NAME"),
                    "mesh, torus, ring, constant (the same latency for all)")(
      "size", po::value<std::string>()->default_value("8x8")->value_name("WxH"), "nodes in x and y, to 64 each")(
      "pattern", po::value<std::string>()->default_value("uniform")->value_name("NAME"),
      "uniform, transpose, hotspot, neighbor")("hotspot-share",
                                               po::value<double>()->default_value(0.2, "0.2")->value_name("S"),
                                               "of the packets of pattern hotspot, to the middle node, above 0 to 1")(
      "rate", po::value<double>()->default_value(0.1, "0.1")->value_name("R"), "flits a cycle and node, above 0 to 1")(
      "packet-flits", po::value<int>()->default_value(4)->value_name("N"), "length of a packet, 1 to 1000")(
      "vcs", po::value<int>()->default_value(4)->value_name("N"), "virtual channels, 1 to 64")(
      "buffer-flits", po::value<int>()->default_value(8)->value_name("N"),
      "of each virtual channel, to 1000; 0: unlimited")(
      "hop-cycles", po::value<int>()->default_value(1)->value_name("N"), "through a router and link, 1 to 100")(
      "switching", po::value<std::string>()->default_value("packet")->value_name("NAME"), "packet, circuit")(
      "setup-cycles", po::value<int>()->default_value(0)->value_name("N"), "to set up a circuit, to 10000")(
      "latency-cycles", po::value<int>()->default_value(10)->value_name("N"), "of topology constant, to 10000")(
      "cycles", po::value<std::int64_t>()->default_value(20000)->value_name("N"), "of traffic, 100 to 10000000")(
      "seed", po::value<std::uint64_t>()->default_value(1)->value_name("N"), "of the traffic")(
      "sweep", po::bool_switch(), "look for the rate that saturates")("json", po::bool_switch(), "print JSON");
  return own;
}

template <class Value>
Value choice(const std::map<std::string, Value>& names, const std::string& option, const std::string& name) {
  const auto found = names.find(name);
  if (found != names.end()) return found->second;
  std::string known;
  for (const auto& [key, value] : names) known += (known.empty() ? "" : ", ") + key;
  throw ConfigError(fmt::format("--{} {}: no such choice; known: {}", option, name, known));
}

template <class Number>
Number within(const po::variables_map& values, const std::string& option, Number lowest, Number highest) {
  const auto value = values[option].as<Number>();
  if (value >= lowest && value <= highest) return value;
  throw ConfigError(fmt::format("--{} {}: must be {} to {}", option, value, lowest, highest));
}

interconnect::Grid parse_size(const std::string& text) {
  interconnect::Grid grid;
  const char* const end = text.data() + text.size();
  const auto width = std::from_chars(text.data(), end, grid.width);
  const bool has_x = width.ec == std::errc{} && width.ptr != end && *width.ptr == 'x';
  const auto height = has_x ? std::from_chars(width.ptr + 1, end, grid.height) : width;
  const auto fits = [](int side) { return side >= 1 && side <= 64; };
  if (!has_x || height.ec != std::errc{} || height.ptr != end || !fits(grid.width) || !fits(grid.height) ||
      grid.width * grid.height < 2) {
    throw ConfigError(
        fmt::format("--size {}: must be WIDTHxHEIGHT, 1 to 64 nodes each and 2 or more, as in 8x8", text));
  }
  return grid;
}

NetworkBenchSpec read_spec(const po::variables_map& values) {
  NetworkBenchSpec spec;
  spec.network.topology = choice(topologies, "topology", values["topology"].as<std::string>());
  spec.network.clock = Frequency(1e9);
  spec.network.header_bits = 0;
  spec.network.hop_cycles = within(values, "hop-cycles", 1, 100);
  spec.network.virtual_channels = within(values, "vcs", 1, 64);
  spec.network.buffer_flits = within(values, "buffer-flits", 0, 1000);
  spec.network.switching = choice(switchings, "switching", values["switching"].as<std::string>());
  const auto of_cycles = [&](const char* option) {
    return Time(1000 * std::int64_t{within(values, option, 0, 10000)});
  };
  const bool circuit = spec.network.switching == Switching::circuit;
  if (circuit) spec.network.circuit_setup = of_cycles("setup-cycles");
  if (spec.network.topology == Topology::constant) spec.network.constant_latency = of_cycles("latency-cycles");
  if (circuit || spec.network.topology == Topology::constant)
    spec.network.buffer_flits = 0;  // no router stores packets
  spec.grid = parse_size(values["size"].as<std::string>());
  spec.pattern = choice(patterns, "pattern", values["pattern"].as<std::string>());
  spec.hotspot_share = values["hotspot-share"].as<double>();
  if (!(spec.hotspot_share > 0 && spec.hotspot_share <= 1))
    throw ConfigError(fmt::format("--hotspot-share {}: must be above 0 and at most 1", spec.hotspot_share));
  if (!values["hotspot-share"].defaulted() && spec.pattern != TrafficPattern::hotspot)
    throw ConfigError("--hotspot-share is for --pattern hotspot");
  spec.packet_flits = within(values, "packet-flits", 1, 1000);
  spec.cycles = within<std::int64_t>(values, "cycles", 100, 10'000'000);
  spec.seed = values["seed"].as<std::uint64_t>();
  if ((spec.network.topology == Topology::torus || spec.network.topology == Topology::ring) &&
      spec.network.buffer_flits > 0 && spec.network.virtual_channels < 2)
    throw ConfigError("--vcs 1: a torus or ring needs at least 2, or packets wait for each other in a circle");
  if (spec.pattern == TrafficPattern::transpose && spec.grid.width != spec.grid.height)
    throw ConfigError("--pattern transpose needs a square --size");
  return spec;
}

nlohmann::ordered_json to_json(const NetworkBenchResult& result) {
  return {{"rate", result.rate},
          {"offered_flits_per_cycle", result.offered},
          {"accepted_flits_per_cycle", result.accepted},
          {"mean_latency_cycles", result.mean_latency},
          {"p99_latency_cycles", result.p99_latency},
          {"zero_load_latency_cycles", result.zero_load_latency},
          {"packets", result.packets},
          {"saturated", result.saturated()}};
}

/// What was measured: the options, defaults included.
nlohmann::ordered_json to_json(const po::variables_map& values) {
  nlohmann::ordered_json json;
  for (const char* option : {"topology", "size", "switching", "pattern"})
    json[option] = values[option].as<std::string>();
  for (const char* option : {"packet-flits", "vcs", "buffer-flits", "hop-cycles", "setup-cycles", "latency-cycles"})
    json[option] = values[option].as<int>();
  if (json["pattern"] == "hotspot") json["hotspot-share"] = values["hotspot-share"].as<double>();
  json["cycles"] = values["cycles"].as<std::int64_t>();
  json["seed"] = values["seed"].as<std::uint64_t>();
  return json;
}

std::string remark(const NetworkBenchResult& result) {
  if (result.loses()) return "  accepts < 0.95";
  return result.crawls() ? "  > 3 x empty" : "";
}

void print_table(const std::vector<NetworkBenchResult>& results, bool sweep) {
  std::cout << "Load in flits a cycle and sending node, latency in cycles\n   rate  offered  accepted    mean     p99  "
               " empty  packets  saturated\n";
  double saturation = 0;
  for (const NetworkBenchResult& r : results) {
    std::cout << fmt::format("{:7.4f}  {:7.4f}  {:8.4f}  {:6.1f}  {:6.1f}  {:6.2f}  {:7}{}\n", r.rate, r.offered,
                             r.accepted, r.mean_latency, r.p99_latency, r.zero_load_latency, r.packets, remark(r));
    if (!r.saturated()) saturation = std::max(saturation, r.offered);
  }
  if (sweep) std::cout << fmt::format("saturation: {:.4f} flits a cycle and sending node\n", saturation);
}

// Packets of a measurement are made before it begins, some 30 bytes each.
void refuse_too_many_packets(const NetworkBenchSpec& spec, double rate) {
  constexpr double most = 1e8;
  const double packets =
      spec.grid.width * spec.grid.height * rate * static_cast<double>(spec.cycles) / spec.packet_flits;
  if (packets > most)
    throw ConfigError(
        fmt::format("about {:.2g} packets at a rate of {}: at most {:.0e}; take fewer --cycles or a smaller "
                    "--size",
                    packets, rate, most));
}

}  // namespace

int noc_command(const std::vector<std::string>& arguments) {
  const auto values = parse_options(arguments, help, own_options());
  if (!values) return 0;
  const double rate = (*values)["rate"].as<double>();
  if (!(rate > 0 && rate <= 1)) throw ConfigError(fmt::format("--rate {}: must be above 0 and at most 1", rate));
  const NetworkBenchSpec spec = read_spec(*values);
  const bool sweep = (*values)["sweep"].as<bool>();
  refuse_too_many_packets(spec, sweep ? 1 : rate);
  sim::NetworkBench bench(spec);
  const std::vector<NetworkBenchResult> results = sweep ? bench.sweep() : std::vector{bench.measure(rate)};
  if (!(*values)["json"].as<bool>()) {
    print_table(results, sweep);
    return 0;
  }
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const NetworkBenchResult& result : results) rows.push_back(to_json(result));
  std::cout << nlohmann::ordered_json{{"network", to_json(*values)}, {"measurements", rows}}.dump(2) << '\n';
  return 0;
}

}  // namespace aimc::cli
