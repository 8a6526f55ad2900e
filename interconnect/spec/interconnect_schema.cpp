#include "interconnect/spec/interconnect_schema.h"

namespace aimc::interconnect {
namespace {

constexpr Time longest = Time(1'000'000'000'000);
// One byte a second would overflow the picoseconds of a large message; no link is that slow.
constexpr Bandwidth slowest = Bandwidth(1e6);

bool is_constant(const NetworkSpec& network) { return network.topology == Topology::constant; }
bool is_circuit(const NetworkSpec& network) { return network.switching == Switching::circuit; }

/// Keys that mean nothing for some networks; one that makes others mean nothing comes before them.
void add_unused_keys(config::Schema<NetworkSpec>& s) {
  const auto no_circuit = [](const NetworkSpec& network) { return !is_circuit(network); };
  const auto no_constant = [](const NetworkSpec& network) { return !is_constant(network); };
  const auto not_in_routers = [](const NetworkSpec& network) { return network.reduction != Reduction::in_network; };
  const auto unlimited = [](const NetworkSpec& network) { return network.buffer_flits == 0; };
  const std::string no_router = "has no effect without routers that store packets (";
  s.unused("switching", &NetworkSpec::switching, "topology", is_constant, "topology: constant has no links to hold");
  s.unused("multicast", &NetworkSpec::multicast, "topology", is_constant,
           "has no effect with topology: constant, where no packet shares a link");
  for (const bool constant : {true, false}) {
    const std::string because = constant ? "topology" : "switching";
    const std::string message = no_router + (constant ? "topology: constant)" : "switching: circuit)");
    const auto& idle = constant ? is_constant : is_circuit;
    s.unused("virtual_channels", &NetworkSpec::virtual_channels, because, idle, message);
    s.unused("buffer_flits", &NetworkSpec::buffer_flits, because, idle, message);
  }
  s.unused("virtual_channels", &NetworkSpec::virtual_channels, "buffer_flits", unlimited,
           "has no effect with unlimited buffers: give buffer_flits, too");
  s.unused("circuit_setup", &NetworkSpec::circuit_setup, "topology", is_constant,
           "has no effect with topology: constant");
  s.unused("circuit_setup", &NetworkSpec::circuit_setup, "switching", no_circuit,
           "has an effect with switching: circuit only");
  s.unused("add_cycles", &NetworkSpec::add_cycles, "reduction", not_in_routers,
           "has an effect with reduction: in_network only");
  s.unused("constant_latency", &NetworkSpec::constant_latency, "topology", no_constant,
           "has an effect with topology: constant only; set it to 0 ns or leave it out");
}

/// Networks that cannot be.
void check_network(const NetworkSpec& network, const config::Schema<NetworkSpec>::ErrorAt& error) {
  const bool circles = network.topology == Topology::torus || network.topology == Topology::ring;
  const bool in_network = network.reduction == Reduction::in_network;
  if (is_constant(network) && in_network) error("reduction", "topology: constant has no routers to add in");
  if (is_circuit(network) && in_network) error("reduction", "packets that meet in the network need switching: packet");
  if (circles && network.buffer_flits > 0 && network.virtual_channels < 2)
    error("virtual_channels", "a torus or ring needs at least 2, or packets wait for each other in a circle");
}

}  // namespace

const config::Schema<NetworkSpec>& network_schema() {
  static const config::Schema<NetworkSpec> schema = [] {
    config::Schema<NetworkSpec> s;
    s.key("topology", &NetworkSpec::topology,
          "mesh or torus with XY routing, ring; or the same latency for every message, without contention")
        .choices({{"mesh", Topology::mesh},
                  {"torus", Topology::torus},
                  {"ring", Topology::ring},
                  {"constant", Topology::constant}})
        .required();
    s.key("switching", &NetworkSpec::switching, "links held packet by packet, or the whole way for the whole transfer")
        .choices({{"packet", Switching::packet}, {"circuit", Switching::circuit}});
    s.key("reduction", &NetworkSpec::reduction,
          "where partial sums of row tiles meet: in the first one's tile, pairwise in a tree of tiles, in the routers")
        .choices({{"first_tile", Reduction::first_tile},
                  {"adder_tree", Reduction::adder_tree},
                  {"in_network", Reduction::in_network}});
    s.key("multicast", &NetworkSpec::multicast, "one packet serves all arrays that read the same codes");
    s.key("clock", &NetworkSpec::clock, "clock of routers and links").required().range(Frequency(1e6), Frequency(1e11));
    s.key("flit_bits", &NetworkSpec::flit_bits, "width of a link: bits a cycle").range(1, 65536);
    s.key("header_bits", &NetworkSpec::header_bits, "bits added to every packet").range(0, 4096);
    s.key("hop_cycles", &NetworkSpec::hop_cycles, "cycles of a packet's head through one router and link")
        .range(1, 1000);
    s.key("virtual_channels", &NetworkSpec::virtual_channels, "of each input port of a router").range(1, 64);
    s.key("buffer_flits", &NetworkSpec::buffer_flits, "flits that one virtual channel holds; 0: unlimited")
        .range(0, 1'000'000);
    s.key("circuit_setup", &NetworkSpec::circuit_setup, "until a path is set up (switching circuit)").maximum(longest);
    s.key("add_cycles", &NetworkSpec::add_cycles, "cycles of a router to add packets that meet (reduction in_network)")
        .range(0, 1000);
    s.key("constant_latency", &NetworkSpec::constant_latency, "time of any message (topology constant)")
        .maximum(longest);
    s.key("idle_per_router", &NetworkSpec::idle_per_router, "power of a router and its links, always drawn").required();
    add_unused_keys(s);
    s.check(check_network);
    return s;
  }();
  return schema;
}

const config::Schema<ChipLinkSpec>& chip_link_schema() {
  static const config::Schema<ChipLinkSpec> schema = [] {
    config::Schema<ChipLinkSpec> s;
    s.key("bandwidth", &ChipLinkSpec::bandwidth, "of one direction of a link between neighbouring chips")
        .required()
        .minimum(slowest);
    s.key("latency", &ChipLinkSpec::latency, "time of the first byte over a link").required().maximum(longest);
    s.key("idle_per_link", &ChipLinkSpec::idle_per_link, "power of a link's PHYs, always drawn").required();
    return s;
  }();
  return schema;
}

const config::Schema<DramSpec>& dram_schema() {
  static const config::Schema<DramSpec> schema = [] {
    config::Schema<DramSpec> s;
    s.key("attachment", &DramSpec::attachment, "a memory for each chip, or one for all")
        .choices({{"per_chip", DramAttachment::per_chip}, {"per_package", DramAttachment::per_package}});
    s.key("channels", &DramSpec::channels, "channels of one memory; layers are spread over them").range(1, 1024);
    s.key("bandwidth", &DramSpec::bandwidth, "of one channel").required().minimum(slowest);
    s.key("latency", &DramSpec::latency, "time to the first byte of a request").required().maximum(longest);
    s.key("capacity", &DramSpec::capacity, "of one channel; 0 B: not limited").maximum(DataSize(std::int64_t{1} << 50));
    s.key("background_per_channel", &DramSpec::background_per_channel,
          "power of an idle channel, always drawn; with its refresh unless refresh_per_channel gives that")
        .required();
    s.key("refresh_per_channel", &DramSpec::refresh_per_channel,
          "power of a channel's refresh, always drawn, where background_per_channel does not contain it");
    return s;
  }();
  return schema;
}

}  // namespace aimc::interconnect
