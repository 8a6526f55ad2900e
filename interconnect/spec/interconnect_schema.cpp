#include "interconnect/spec/interconnect_schema.h"

namespace aimc::interconnect {
namespace {

constexpr Time longest = Time(1'000'000'000'000);
// One byte a second would overflow the picoseconds of a large message; no link is that slow.
constexpr Bandwidth slowest = Bandwidth(1e6);

}  // namespace

const config::Schema<NetworkSpec>& network_schema() {
  static const config::Schema<NetworkSpec> schema = [] {
    config::Schema<NetworkSpec> s;
    s.key("topology", &NetworkSpec::topology,
          "mesh with XY routing and contention, or the same latency for every message")
        .choices({{"mesh", Topology::mesh}, {"constant", Topology::constant}})
        .required();
    s.key("clock", &NetworkSpec::clock, "clock of routers and links").required().range(Frequency(1e6), Frequency(1e11));
    s.key("flit_bits", &NetworkSpec::flit_bits, "width of a link: bits a cycle").range(1, 65536);
    s.key("header_bits", &NetworkSpec::header_bits, "bits added to every packet").range(0, 4096);
    s.key("hop_cycles", &NetworkSpec::hop_cycles, "cycles of a packet's head through one router and link")
        .range(1, 1000);
    s.key("constant_latency", &NetworkSpec::constant_latency, "time of any message (topology constant)")
        .maximum(longest);
    s.key("idle_per_router", &NetworkSpec::idle_per_router, "power of a router and its links, always drawn").required();
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
