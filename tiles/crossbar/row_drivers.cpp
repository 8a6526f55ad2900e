#include "tiles/crossbar/row_drivers.h"

#include <algorithm>
#include <cmath>

#include "tiles/converter/dac.h"
#include "tiles/converter/rounding.h"

namespace aimc::tiles {
namespace {

/// Bits [lowest, lowest + bits) of a magnitude. What is no whole step belongs to the lowest digit, what lies beyond the
/// range to the highest.
float digit_of(float magnitude, const InputPass& pass) {
  const float step = std::ldexp(1.0F, pass.lowest_bit), next = std::ldexp(1.0F, pass.lowest_bit + pass.bits);
  const float rest = pass.is_top ? magnitude : magnitude - next * std::floor(magnitude / next);
  return pass.lowest_bit == 0 ? rest : std::floor(rest / step);
}

/// The two's complement code below its sign.
float below_sign(float code, int bits) { return code < 0 ? code + std::ldexp(1.0F, bits - 1) : code; }

bool is_part_of_whole(const InputPass& pass) {
  return pass.part == InputPart::whole || pass.part == InputPart::positive || pass.part == InputPart::negative;
}

}  // namespace

RowDrivers::RowDrivers(const TileSpec& spec, const Effects& effects)
    : passes_(input_passes(spec)),
      bits_(spec.input.bits),
      rounds_(effects.has(Effect::input_rounding)),
      clips_(effects.has(Effect::input_clipping)),
      noise_(effects.has(Effect::input_noise) ? spec.periphery.input_noise : 0),
      asymmetry_(effects.has(Effect::input_asymmetry) ? spec.periphery.input_asymmetry : 0) {}

bool RowDrivers::exact() const { return rounds_ && clips_ && noise_ == 0 && asymmetry_ == 0; }

int RowDrivers::full_scale() const {
  int largest = 0;
  for (const InputPass& pass : passes_) largest = std::max(largest, pass.full_scale());
  return largest;
}

std::int64_t RowDrivers::encode(const float* x, Index rows, float range, float* codes) const {
  const int largest = largest_code(bits_);
  if ((rounds_ && clips_) || !(range > 0)) return quantize_inputs(x, rows, range, largest, codes);
  const double top = largest;
  std::int64_t beyond = 0;
  for (Index i = 0; i < rows; ++i) {
    double value = static_cast<double>(x[i]) * top / static_cast<double>(range);
    if (rounds_) value = round_half_even(value);
    if (clips_) value = clamp_to(value, top);
    codes[i] = static_cast<float>(value);
    beyond += clips_ && std::fabs(x[i]) > range ? 1 : 0;
  }
  return beyond;
}

void RowDrivers::drive(std::size_t number, const float* codes, Index rows, const RandomKey& key, float* drives) const {
  const InputPass& pass = passes_[number];
  if (is_part_of_whole(pass)) {
    std::copy(codes, codes + rows, drives);
    disturb(pass, 0, rows, key, drives);
    if (pass.part == InputPart::positive)
      for (Index i = 0; i < rows; ++i) drives[i] = std::max(drives[i], 0.0F);
    if (pass.part == InputPart::negative)
      for (Index i = 0; i < rows; ++i) drives[i] = std::min(drives[i], 0.0F);
    return;
  }
  for (Index i = 0; i < rows; ++i) {
    if (pass.part == InputPart::digit)
      drives[i] = std::copysign(digit_of(std::fabs(codes[i]), pass), codes[i]);
    else if (pass.part == InputPart::sign)
      drives[i] = codes[i] < 0 ? 1.0F : 0.0F;
    else
      drives[i] = digit_of(below_sign(codes[i], bits_), pass);
  }
  disturb(pass, number * static_cast<std::uint64_t>(rows), rows, key, drives);
}

void RowDrivers::disturb(const InputPass& pass, std::uint64_t first, Index rows, const RandomKey& key,
                         float* drives) const {
  if (noise_ > 0) {
    const auto sigma = static_cast<float>(noise_ * pass.full_scale());
    std::vector<float> normals(static_cast<std::size_t>(rows));
    fill_normal(key, first, normals.data(), rows);
    for (Index i = 0; i < rows; ++i) drives[i] += sigma * normals[static_cast<std::size_t>(i)];
  }
  if (asymmetry_ != 0) {
    const auto weaker = static_cast<float>(1 - asymmetry_);
    for (Index i = 0; i < rows; ++i) drives[i] *= drives[i] < 0 ? weaker : 1.0F;
  }
}

}  // namespace aimc::tiles
