#include "tiles/converter/column_converter.h"

#include <algorithm>

namespace aimc::tiles {

ColumnConverter::ColumnConverter(const TileSpec& spec, const Effects& effects, const InputPass& pass, double cell_unit)
    : rounds_(effects.has(Effect::output_rounding)), clips_(effects.has(Effect::output_clipping)) {
  const AdcSpec& adc = spec.adc;
  const double unit = pass.full_scale() * cell_unit;
  if (spec.slicing.weight_bits == 0) {
    highest_ = largest_code(adc.bits);
    lowest_ = -highest_;
    numerator_ = highest_;
    divisor_ = unit * adc.out_bound;
    step_ = adc.out_bound / highest_;
    return;
  }
  const bool is_signed = spec.slicing.encoding == WeightEncoding::balanced;
  highest_ = is_signed ? largest_code(adc.bits) : (1 << adc.bits) - 1;
  lowest_ = is_signed ? -highest_ : 0;
  const double units = static_cast<double>(pass.full_scale()) * ((1 << spec.slicing.bits_per_cell) - 1);
  const double step = std::max(1.0, adc.out_bound * units / highest_);  // in levels x input units
  divisor_ = unit / units * step;
  step_ = step / units;
}

}  // namespace aimc::tiles
