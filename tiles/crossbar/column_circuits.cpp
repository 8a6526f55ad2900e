#include "tiles/crossbar/column_circuits.h"

#include <cmath>
#include <numeric>

namespace aimc::tiles {
namespace {

double magnitude(const Effects& effects, Effect effect, double value) { return effects.has(effect) ? value : 0; }

/// Standard normals of the columns, numbers of the key's stream.
std::vector<float> normals_of(const RandomKey& key, const ColumnRange& range) {
  std::vector<float> normals(static_cast<std::size_t>(range.columns));
  fill_normal(key, range.number(), normals.data(), range.columns);
  return normals;
}

}  // namespace

ArrayCircuits::ArrayCircuits(const TileSpec& spec, const Effects& effects, const ColumnRange& range,
                             const RandomKey& key)
    : range_(range),
      ir_drop_(magnitude(effects, Effect::ir_drop, spec.periphery.ir_drop)),
      ratio_(spec.periphery.ir_drop_ratio),
      series_(magnitude(effects, Effect::voltage_offset, spec.periphery.series_resistance)),
      read_noise_(magnitude(effects, Effect::array_read_noise, spec.periphery.array_read_noise)),
      of_weights_(spec.periphery.array_read_noise_of_weights) {
  const double std = magnitude(effects, Effect::voltage_offset, spec.periphery.voltage_offset_std);
  if (std == 0) return;
  offset_ = normals_of(key.child("voltage_offset"), range);
  for (float& offset : offset_) offset = std::max(static_cast<float>(std) * offset, 0.0F);
}

void ArrayCircuits::apply(const ArrayDrive& drive, const RandomKey& key, double* sums) const {
  if (ir_drop_ > 0) drop_voltage(drive, sums);
  if (offsets_act()) offset_references(drive, sums);
  if (read_noise_ > 0) add_read_noise(drive, key, sums);
}

void ArrayCircuits::drop_voltage(const ArrayDrive& drive, double* sums) const {
  const double scale = static_cast<double>(drive.rows) / ratio_;
  for (Index c = 0; c < range_.columns; ++c) {
    const double a = scale * static_cast<double>(drive.current[c]);
    const double loss = a * (a * (0.05 * a - 0.2) + 0.5);
    sums[c] -= ir_drop_ * loss * static_cast<double>(drive.far_sums[c]);
  }
}

/// The reference is a device at maximum conductance in every cell (v_offset_w_min = -1).
void ArrayCircuits::offset_references(const ArrayDrive& drive, double* sums) const {
  const double reference = drive.input_sum;
  for (Index c = 0; c < range_.columns; ++c) {
    const double offset = offset_.empty() ? 0 : static_cast<double>(offset_[static_cast<std::size_t>(c)]);
    const double total = sums[c] + reference;
    sums[c] = (1 - offset) * total / (1 + series_ * std::fabs(total)) -
              (1 + offset) * reference / (1 + series_ * std::fabs(reference));
  }
}

void ArrayCircuits::add_read_noise(const ArrayDrive& drive, const RandomKey& key, double* sums) const {
  const std::vector<float> normals = normals_of(key.child("array_read_noise"), range_);
  for (Index c = 0; c < range_.columns; ++c) {
    const double spread = of_weights_ ? std::sqrt(static_cast<double>(drive.power[c])) : drive.input_norm;
    sums[c] += read_noise_ * spread * static_cast<double>(normals[static_cast<std::size_t>(c)]);
  }
}

ReadoutCircuits::ReadoutCircuits(const TileSpec& spec, const Effects& effects, const ColumnRange& range,
                                 const RandomKey& key)
    : range_(range), asymmetry_(magnitude(effects, Effect::output_asymmetry, spec.periphery.output_asymmetry)) {
  const PeripherySpec& periphery = spec.periphery;
  const double bound = spec.adc.out_bound;
  double mean = 0;
  if (magnitude(effects, Effect::output_nonlinearity, periphery.output_nonlinearity) > 0) {
    nonlinearity_ = normals_of(key.child("output_nonlinearity"), range);
    for (float& n : nonlinearity_)
      n = static_cast<float>(std::fabs(periphery.output_nonlinearity / bound *
                                       (1 + periphery.output_nonlinearity_std * static_cast<double>(n))));
    mean = std::accumulate(nonlinearity_.begin(), nonlinearity_.end(), 0.0) / static_cast<double>(range.columns);
  }
  // One calibration makes good the loss of the circuits and that of the series resistance.
  const double series = magnitude(effects, Effect::voltage_offset, periphery.series_resistance);
  if (effects.has(Effect::output_nonlinearity) && periphery.slope_calibration > 0) {
    const double root = 1 + (mean + series) * periphery.slope_calibration * bound;
    gain_ = root * root;
  }
  const double noise = magnitude(effects, Effect::output_noise, periphery.output_noise);
  if (noise == 0) return;
  noise_ = normals_of(key.child("output_noise_spread"), range);
  for (float& sigma : noise_)
    sigma = static_cast<float>(std::fabs(noise * (1 + periphery.output_noise_std * static_cast<double>(sigma))));
}

void ReadoutCircuits::apply(const RandomKey& key, double* sums) const {
  if (gain_ != 1 || !nonlinearity_.empty()) {
    for (Index c = 0; c < range_.columns; ++c) {
      const double n = nonlinearity_.empty() ? 0 : static_cast<double>(nonlinearity_[static_cast<std::size_t>(c)]);
      sums[c] = gain_ * sums[c] / (1 + std::fabs(n * sums[c]));
    }
  }
  if (asymmetry_ != 0)
    for (Index c = 0; c < range_.columns; ++c) sums[c] *= sums[c] < 0 ? 1 - asymmetry_ : 1;
  if (noise_.empty()) return;
  const std::vector<float> normals = normals_of(key.child("output_noise"), range_);
  for (Index c = 0; c < range_.columns; ++c) {
    const auto at = static_cast<std::size_t>(c);
    sums[c] += static_cast<double>(noise_[at]) * static_cast<double>(normals[at]);
  }
}

ConverterSpread::ConverterSpread(const TileSpec& spec, const Effects& effects, const ColumnRange& range,
                                 const RandomKey& key) {
  const double gain_std = magnitude(effects, Effect::column_spread, spec.periphery.gain_spread);
  const double offset_std = magnitude(effects, Effect::column_spread, spec.periphery.offset_spread);
  if (gain_std > 0) {
    gain = normals_of(key.child("converter_gain"), range);
    for (float& g : gain) g = 1 + static_cast<float>(gain_std) * g;
  }
  if (offset_std > 0) {
    offset = normals_of(key.child("converter_offset"), range);
    for (float& o : offset) o *= static_cast<float>(offset_std);
  }
}

}  // namespace aimc::tiles
