#include "tiles/spec/periphery_schema.h"

#include <fmt/format.h>

#include "tiles/spec/mvm_passes.h"

namespace aimc::tiles {
namespace {

void add_mode_keys(config::Schema<PeripherySpec>& s) {
  s.key("mode", &PeripherySpec::mode, "passes through the array that make one MVM")
      .choices({{"one_pass", MvmMode::one_pass},
                {"positive_negative_analog", MvmMode::positive_negative_analog},
                {"positive_negative_digital", MvmMode::positive_negative_digital},
                {"split", MvmMode::split},
                {"bit_wise", MvmMode::bit_wise}});
  s.key("split_shift", &PeripherySpec::split_shift, "mode split: bits of the low phase").range(1, 14);
  s.key("noise_management", &PeripherySpec::noise_management, "what a dynamic input range is taken from")
      .choices({{"maximum_magnitude", NoiseManagement::maximum_magnitude},
                {"maximum", NoiseManagement::maximum},
                {"positive_negative_sum", NoiseManagement::positive_negative_sum}});
  s.key("noise_management_limit", &PeripherySpec::noise_management_limit,
        "largest dynamic range, in units of the model's activations; 0: none")
      .range(0, 1e9);
  s.key("assumed_weight", &PeripherySpec::assumed_weight,
        "weight that positive_negative_sum assumes, relative to the largest one")
      .range(0, 1);
  s.key("bound_management", &PeripherySpec::bound_management,
        "whether an MVM whose outputs reach the bound is repeated with smaller inputs")
      .choices({{"none", BoundManagement::none},
                {"iterative", BoundManagement::iterative},
                {"iterative_worst_case", BoundManagement::iterative_worst_case}});
  s.key("bound_management_factor", &PeripherySpec::bound_management_factor,
        "no repetition once inputs are smaller by more than this")
      .range(1, 1e6);
  s.key("bound_management_resolution", &PeripherySpec::bound_management_resolution,
        "no repetition once a step of the inputs is more than this share of their range")
      .range(0, 1);
}

void add_input_and_array_keys(config::Schema<PeripherySpec>& s) {
  s.key("input_noise", &PeripherySpec::input_noise, "noise of a row driver, in full-scale inputs").range(0, 10);
  s.key("input_asymmetry", &PeripherySpec::input_asymmetry, "share by which negative inputs are weaker").range(-1, 1);
  s.key("ir_drop", &PeripherySpec::ir_drop, "scale of the voltage lost along the wires; 1: as computed").range(0, 100);
  s.key("ir_drop_ratio", &PeripherySpec::ir_drop_ratio, "conductance of a wire between cells over that of a device")
      .range(1, 1e12);
  s.key("array_read_noise", &PeripherySpec::array_read_noise, "noise of a cell at every MVM, relative to the largest")
      .range(0, 10);
  s.key("array_read_noise_of_weights", &PeripherySpec::array_read_noise_of_weights,
        "true: variance grows with the conductance (PCM); false: the same for every cell");
  s.key("voltage_offset_std", &PeripherySpec::voltage_offset_std,
        "spread of the columns' reference voltages, relative to the read voltage")
      .range(0, 1);
  s.key("series_resistance", &PeripherySpec::series_resistance,
        "resistance in series with a column, times the conductance of a device")
      .range(0, 10);
}

void add_column_keys(config::Schema<PeripherySpec>& s) {
  s.key("output_nonlinearity", &PeripherySpec::output_nonlinearity, "relative loss of a column output at the bound")
      .range(0, 10);
  s.key("output_nonlinearity_std", &PeripherySpec::output_nonlinearity_std, "its relative spread over the columns")
      .range(0, 10);
  s.key("slope_calibration", &PeripherySpec::slope_calibration,
        "share of the bound at which a gain makes good the mean loss; 0: not calibrated")
      .range(0, 10);
  s.key("output_asymmetry", &PeripherySpec::output_asymmetry, "share by which negative outputs are weaker")
      .range(-1, 1);
  s.key("output_noise", &PeripherySpec::output_noise,
        "noise of a column circuit, in devices at maximum conductance with full-scale inputs")
      .range(0, 1e6);
  s.key("output_noise_std", &PeripherySpec::output_noise_std, "its relative spread over the columns").range(0, 10);
  s.key("gain_spread", &PeripherySpec::gain_spread, "relative spread of the converters' gain").range(0, 10);
  s.key("offset_spread", &PeripherySpec::offset_spread, "spread of the converters' offset, in output codes")
      .range(0, 65536);
}

}  // namespace

const config::Schema<PeripherySpec>& periphery_schema() {
  static const config::Schema<PeripherySpec> schema = [] {
    config::Schema<PeripherySpec> s;
    add_mode_keys(s);
    add_input_and_array_keys(s);
    add_column_keys(s);
    return s;
  }();
  return schema;
}

const config::Schema<SlicingSpec>& slicing_schema() {
  static const config::Schema<SlicingSpec> schema = [] {
    config::Schema<SlicingSpec> s;
    s.key("weight_bits", &SlicingSpec::weight_bits, "bits of a weight cut into cells; 0: one analog cell a weight")
        .range(0, 16);
    s.key("bits_per_cell", &SlicingSpec::bits_per_cell, "bits that a cell holds").range(1, 8);
    s.key("bits_per_pass", &SlicingSpec::bits_per_pass, "input bits driven at once").range(1, 7);
    s.key("encoding", &SlicingSpec::encoding,
          "balanced: the difference of a pair of cells; offset: one cell, zero in the middle, subtracted digitally")
        .choices({{"balanced", WeightEncoding::balanced}, {"offset", WeightEncoding::offset}});
    s.check([](const SlicingSpec& slicing, const auto& error) {
      if (slicing.weight_bits == 1) error("weight_bits", "a weight needs 2 bits or more (0: not sliced)");
    });
    return s;
  }();
  return schema;
}

void check_periphery(const TileSpec& tile, const std::function<void(const char* key, const std::string& text)>& error) {
  const bool sliced = tile.slicing.weight_bits > 0;
  const PeripherySpec& periphery = tile.periphery;
  if (periphery.mode == MvmMode::split && periphery.split_shift >= tile.input.bits - 1)
    error("periphery", fmt::format("split_shift: {} leaves no high bits of the {} magnitude bits of input.bits: {}",
                                   periphery.split_shift, tile.input.bits - 1, tile.input.bits));
  const bool manages =
      periphery.noise_management != NoiseManagement::maximum_magnitude || periphery.noise_management_limit != 0;
  if (manages && tile.input.range == InputRangeMode::static_range)
    error("periphery", "noise_management is of dynamic input ranges; set input.range: dynamic or leave it out");
  if (sliced && periphery.mode != MvmMode::one_pass)
    error("periphery", "slicing.weight_bits has passes of its own; choose mode: one_pass");
  if (sliced && slices_per_weight(tile.slicing) > tile.columns)
    error("slicing",
          fmt::format("a weight takes {} columns, the array has {}", slices_per_weight(tile.slicing), tile.columns));
  if (!sliced && tile.input.bits > 8)
    error("input", fmt::format("bits: {} need slicing.weight_bits; pulses of analog weights have up to 8 bits",
                               tile.input.bits));
}

}  // namespace aimc::tiles
