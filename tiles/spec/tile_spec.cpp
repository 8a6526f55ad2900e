#include "tiles/spec/tile_spec.h"

#include <algorithm>

#include "base/check/check.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::tiles {
namespace {

Index ceil_divide(Index numerator, Index denominator) { return (numerator + denominator - 1) / denominator; }

Time cycles(Index count, Frequency clock) { return Time::from_seconds(static_cast<double>(count) / clock.si()); }

Index input_bytes(const TileSpec& spec, Index rows) { return ceil_divide(rows * spec.input.bits, 8); }
Index output_bytes(const TileSpec& spec, Index columns) { return ceil_divide(columns * spec.partial_sum_bits, 8); }

/// Time that the converters need for all columns. Those of one converter are neighbours, so a narrow shard may use a
/// converter for fewer columns than it has.
Time conversion_time(const AdcSpec& adc, Index columns) {
  const std::int64_t ticks = adc.kind == AdcKind::counter ? std::int64_t{1} << adc.bits : adc.bits;
  return adc.tick * ticks * std::min<Index>(adc.columns_per_adc, columns);
}

/// A conversion after the integration adds to it; one that runs along with it makes short pulses wait for its end.
Time integration_and_conversion(const AdcSpec& adc, Time pulses, Time conversion) {
  // On held samples the conversion of one pass runs beside the integration of the next, so the longer sets the pace.
  return adc.timing == AdcTiming::after_integration ? pulses + conversion : std::max(pulses, conversion);
}

}  // namespace

Time MvmTiming::period() const { return std::max({load, convert, affine, send}); }
Time MvmTiming::latency() const { return load + convert + hold + affine; }

MvmTiming mvm_timing(const TileSpec& spec, Index rows, Index columns) {
  AIMC_CHECK(rows > 0 && rows <= spec.rows && columns > 0 && columns <= outputs_per_array(spec),
             "shard {} x {} on an array of {} x {}", rows, columns, spec.rows, spec.columns);
  const InputSpec& input = spec.input;
  const Time conversion = conversion_time(spec.adc, columns * slices_per_weight(spec.slicing));
  Time passes;
  for (const InputPass& pass : input_passes(spec)) {
    const Time pulses = input.pulse_tick * (std::int64_t{1} << pass.bits);
    passes += pass.converts ? integration_and_conversion(spec.adc, pulses, conversion) : pulses;
    passes += input.phase_overhead;
  }
  MvmTiming timing;
  timing.load = cycles(ceil_divide(input_bytes(spec, rows), spec.load_bytes_per_cycle), spec.clock);
  timing.convert = passes * input.phases + input.mvm_overhead;
  timing.affine = cycles(ceil_divide(columns, spec.affine_per_cycle), spec.clock);
  timing.send = send_time(spec, columns);
  if (spec.adc.timing == AdcTiming::sample_and_hold) timing.hold = conversion;
  return timing;
}

Time tile_period(const TileSpec& spec, const MvmTiming& timing) {
  return std::max({timing.load, Time(timing.convert.picoseconds() / spec.arrays), timing.affine, timing.send});
}

Time accumulate_time(const TileSpec& spec, Index columns) {
  return cycles(ceil_divide(columns, spec.accumulate_per_cycle), spec.clock);
}

Time send_time(const TileSpec& spec, Index columns) {
  return cycles(ceil_divide(output_bytes(spec, columns), spec.send_bytes_per_cycle), spec.clock);
}

MvmActions mvm_actions(const TileSpec& spec, Index rows, Index columns) {
  const std::vector<InputPass> passes = input_passes(spec);
  const auto drives = static_cast<std::int64_t>(passes.size()) * spec.input.phases;
  const std::int64_t conversions = std::ranges::count_if(passes, &InputPass::converts) * spec.input.phases;
  const Index cells = columns * slices_per_weight(spec.slicing);
  MvmActions actions;
  actions.dac_conversions = rows * drives;
  actions.cell_reads = rows * cells * drives;
  actions.adc_conversions = cells * conversions;
  actions.affine = columns;
  actions.input_bytes = input_bytes(spec, rows);
  actions.output_bytes = output_bytes(spec, columns);
  return actions;
}

std::vector<Index> balanced_split(Index features, Index limit) {
  AIMC_CHECK(features > 0, "cannot split {} features", features);
  const Index parts = limit <= 0 ? 1 : ceil_divide(features, limit);
  std::vector<Index> sizes(static_cast<std::size_t>(parts), features / parts);
  std::fill_n(sizes.begin(), features % parts, features / parts + 1);
  return sizes;
}

}  // namespace aimc::tiles
