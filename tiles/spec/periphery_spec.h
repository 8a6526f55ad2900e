#pragma once
#include <cstdint>

namespace aimc::tiles {

/// How an MVM is put together from passes through the array (numerics A.7, mv_type).
enum class MvmMode : std::uint8_t {
  one_pass,                   ///< signed inputs at once
  positive_negative_analog,   ///< positive, then negative inputs; both currents meet before one conversion
  positive_negative_digital,  ///< the same with a conversion each, added digitally
  split,                      ///< low bits, then high bits of the magnitude, a conversion each
  bit_wise                    ///< one pass and conversion for each bit of the magnitude
};

/// What the dynamic range of a vector is taken from (numerics A.7, noise management).
enum class NoiseManagement : std::uint8_t {
  maximum_magnitude,     ///< ABS_MAX
  maximum,               ///< MAX: the largest value, negative ones clip
  positive_negative_sum  ///< ABS_MAX_NP_SUM
};

/// Whether an MVM whose outputs reach the bound is repeated with smaller inputs (numerics A.7, bound management).
enum class BoundManagement : std::uint8_t { none, iterative, iterative_worst_case };

/// Non-ideal circuits around the array, in normalised units (inputs in [-1, 1], weights in [-1, 1], outputs in devices
/// at maximum conductance with full-scale inputs), in the order of numerics A.7. Zero turns each of them off.
struct PeripherySpec {
  MvmMode mode = MvmMode::one_pass;
  int split_shift = 3;  ///< mode split: bits of the low phase

  NoiseManagement noise_management = NoiseManagement::maximum_magnitude;  ///< with input.range dynamic
  double noise_management_limit = 0;  ///< largest range, in units of the model's activations; 0: none
  double assumed_weight = 1;          ///< positive_negative_sum: nm_assumed_wmax
  BoundManagement bound_management = BoundManagement::none;
  double bound_management_factor = 1000;      ///< max_bm_factor
  double bound_management_resolution = 0.25;  ///< max_bm_res

  double input_noise = 0;      ///< standard deviation, every row and MVM
  double input_asymmetry = 0;  ///< negative inputs x (1 - this)

  double ir_drop = 0;                       ///< scale of the static approximation
  double ir_drop_ratio = 571428.57;         ///< wire to device conductance, G_ratio
  double array_read_noise = 0;              ///< w_noise
  bool array_read_noise_of_weights = true;  ///< PCM_READ; false: ADDITIVE_CONSTANT

  double voltage_offset_std = 0;
  double series_resistance = 0;  ///< r_series: of a column, times the maximum conductance of a device
  double output_nonlinearity = 0;
  double output_nonlinearity_std = 0;
  double slope_calibration = 0;
  double output_asymmetry = 0;  ///< negative outputs x (1 - this)
  double output_noise = 0;      ///< standard deviation, every column and MVM
  double output_noise_std = 0;  ///< spread of it over the columns, relative

  double gain_spread = 0;    ///< relative standard deviation of the converters' gain, fixed a column
  double offset_spread = 0;  ///< standard deviation of their offset, in output codes, fixed a column
};

/// How a slice of a weight lies in cells.
enum class WeightEncoding : std::uint8_t {
  balanced,  ///< a pair of cells, the difference is the signed value
  offset     ///< one cell, the zero lies in the middle and is subtracted digitally
};
/// How weight bits lie in cells and input bits come in passes (ISAAC, ISCA 2016). Inputs are two's complement: passes
/// of bits_per_pass bits from the lowest up, then the sign bit alone, whose sums are subtracted; drives are never
/// negative.
struct SlicingSpec {
  int weight_bits = 0;    ///< 0: analog weights, no slices
  int bits_per_cell = 2;  ///< of a slice
  int bits_per_pass = 1;  ///< of the input code below its sign
  WeightEncoding encoding = WeightEncoding::balanced;
};

}  // namespace aimc::tiles
