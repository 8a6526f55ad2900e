#include "tiles/spec/tile_schema.h"

#include "tiles/spec/idle_power_schema.h"
#include "tiles/spec/periphery_schema.h"

namespace aimc::tiles {
namespace {

// Longest single span a file may give: far above any circuit, far below overflow of a sum of picoseconds.
constexpr Time longest = Time(1'000'000'000'000);

config::Schema<InputSpec> make_input_schema() {
  config::Schema<InputSpec> s;
  s.key("bits", &InputSpec::bits, "resolution of an input; codes -(2^(bits-1)-1) to +(2^(bits-1)-1)")
      .range(2, 16)
      .required();
  s.key("phases", &InputSpec::phases, "integrations of one MVM").range(1, 16);
  s.key("pulse_tick", &InputSpec::pulse_tick, "length of one code step of the input pulse")
      .required()
      .positive()
      .maximum(Time(1'000'000'000));
  s.key("phase_overhead", &InputSpec::phase_overhead, "time a phase takes besides its longest pulse").maximum(longest);
  s.key("mvm_overhead", &InputSpec::mvm_overhead, "time an MVM takes besides its phases").maximum(longest);
  s.key("range", &InputSpec::range, "input range: calibrated once, or the maximum of each vector")
      .choices({{"static", InputRangeMode::static_range}, {"dynamic", InputRangeMode::dynamic_range}});
  s.key("sharing", &InputSpec::sharing, "whether linears that read the same vector share its DAC codes")
      .choices({{"per_input", InputRangeSharing::per_input}, {"per_linear", InputRangeSharing::per_linear}});
  return s;
}

config::Schema<AdcSpec> make_adc_schema() {
  config::Schema<AdcSpec> s;
  s.key("bits", &AdcSpec::bits, "resolution of an output code as the digital side uses it").range(2, 16).required();
  s.key("out_bound", &AdcSpec::out_bound, "full scale, in devices at maximum conductance with full-scale inputs")
      .positive()
      .maximum(1e6);
  s.key("counter_bits", &AdcSpec::counter_bits, "width of the physical counter").range(2, 32);
  s.key("kind", &AdcSpec::kind, "a counter takes 2^bits ticks a conversion, a SAR converter bits ticks")
      .choices({{"counter", AdcKind::counter}, {"sar", AdcKind::sar}});
  s.key("timing", &AdcSpec::timing,
        "whether conversion happens while inputs are applied, after, or on held samples beside the next pass")
      .choices({{"during_integration", AdcTiming::during_integration},
                {"after_integration", AdcTiming::after_integration},
                {"sample_and_hold", AdcTiming::sample_and_hold}});
  s.key("tick", &AdcSpec::tick, "length of one converter step").maximum(Time(1'000'000'000));
  s.key("columns_per_adc", &AdcSpec::columns_per_adc, "columns that take turns at one converter").range(1, 65536);
  s.key("scale_from", &AdcSpec::scale_from, "weights that set the full scale: as intended or as programmed with noise")
      .choices({{"target", AdcScaleSource::target}, {"noisy", AdcScaleSource::noisy}});
  s.check([](const AdcSpec& adc, const auto& error) {
    if (adc.counter_bits < adc.bits) error("counter_bits", "the counter is narrower than adc.bits");
    const bool after = adc.timing != AdcTiming::during_integration;
    if (adc.columns_per_adc > 1 && !after)
      error("columns_per_adc", "columns can share a converter only with timing: after_integration or sample_and_hold");
    if (after && adc.tick == Time{})
      error("tick", "timing: after_integration and sample_and_hold need the length of a converter step");
  });
  return s;
}

void add_array_keys(config::Schema<TileSpec>& s) {
  s.key("rows", &TileSpec::rows, "word lines of an array: inputs of one MVM").range(1, 65536).required();
  s.key("columns", &TileSpec::columns, "bit-line pairs of an array: outputs of one MVM").range(1, 65536).required();
  s.key("devices_per_weight", &TileSpec::devices_per_weight, "memory devices in a unit cell (information only)")
      .range(1, 64);
  s.key("weight_bits_equivalent", &TileSpec::weight_bits_equivalent, "weight precision as published (information only)")
      .range(1, 16);
  s.key("arrays", &TileSpec::arrays,
        "arrays of a tile that compute at the same time, with buffers, scaling and accumulator in common")
      .range(1, 4096);
  s.key("tiers", &TileSpec::tiers, "arrays stacked in one place of a tile, of which one computes at a time")
      .range(1, 65536);
}

void add_logic_keys(config::Schema<TileSpec>& s) {
  s.key("clock", &TileSpec::clock, "clock of the tile's registers and digital logic")
      .required()
      .range(Frequency(1e6), Frequency(1e11));
  s.key("load_bytes_per_cycle", &TileSpec::load_bytes_per_cycle, "input bytes written into the buffer a cycle")
      .range(1, 65536)
      .required();
  s.key("send_bytes_per_cycle", &TileSpec::send_bytes_per_cycle, "output bytes read from the buffer a cycle")
      .range(1, 65536)
      .required();
  s.key("affine_per_cycle", &TileSpec::affine_per_cycle, "columns scaled a cycle").range(1, 65536).required();
  s.key("accumulate_per_cycle", &TileSpec::accumulate_per_cycle, "partial sums added a cycle")
      .range(1, 65536)
      .required();
  s.key("partial_sum_bits", &TileSpec::partial_sum_bits, "width of a scaled partial sum on the network").range(8, 32);
  s.key("area", &TileSpec::area, "area of one tile with its converters and logic").required().positive();
}

}  // namespace

const config::Schema<TileSpec>& tile_schema() {
  static const config::Schema<TileSpec> schema = [] {
    config::Schema<TileSpec> s;
    add_array_keys(s);
    s.section("input", &TileSpec::input, make_input_schema(), "how inputs become pulses", true);
    s.section("adc", &TileSpec::adc, make_adc_schema(), "how column currents become codes", true);
    s.section("periphery", &TileSpec::periphery, periphery_schema(), "non-ideal circuits around the array", false);
    s.section("slicing", &TileSpec::slicing, slicing_schema(), "weights in several cells, inputs in several passes",
              false);
    add_logic_keys(s);
    s.section("idle", &TileSpec::idle, idle_power_schema(), "what a tile draws without work", true);
    s.check([](const TileSpec& tile, const auto& error) {
      if (tile.columns % tile.adc.columns_per_adc != 0)
        error("adc", "adc.columns_per_adc does not divide the columns of the array");
      check_periphery(tile, error);
    });
    return s;
  }();
  return schema;
}

}  // namespace aimc::tiles
