#include "tiles/spec/mvm_passes.h"

#include <cmath>

#include "base/check/check.h"

namespace aimc::tiles {
namespace {

/// Digits of `width` bits, the last perhaps narrower, for `bits` bits in all.
std::vector<InputPass> digits(InputPart part, int bits, int width) {
  std::vector<InputPass> passes;
  for (int low = 0; low < bits; low += width)
    passes.push_back(
        {.part = part, .lowest_bit = low, .bits = std::min(width, bits - low), .is_top = low + width >= bits});
  return passes;
}

}  // namespace

double InputPass::weight() const {
  const double value = std::ldexp(1.0, lowest_bit);
  return part == InputPart::sign ? -value : value;
}

std::vector<InputPass> input_passes(const TileSpec& spec) {
  const int magnitude = spec.input.bits - 1;
  if (spec.slicing.weight_bits > 0) {
    auto passes = digits(InputPart::unsigned_digit, magnitude, spec.slicing.bits_per_pass);
    passes.push_back({.part = InputPart::sign, .lowest_bit = magnitude, .bits = 1});
    return passes;
  }
  switch (spec.periphery.mode) {
    case MvmMode::one_pass:
      return {{.part = InputPart::whole, .bits = magnitude}};
    case MvmMode::positive_negative_analog:
      return {{.part = InputPart::negative, .bits = magnitude, .converts = false},
              {.part = InputPart::positive, .bits = magnitude}};
    case MvmMode::positive_negative_digital:
      return {{.part = InputPart::negative, .bits = magnitude}, {.part = InputPart::positive, .bits = magnitude}};
    case MvmMode::split: {
      const int low = spec.periphery.split_shift;
      AIMC_CHECK(low > 0 && low < magnitude, "{} low bits of {}", low, magnitude);
      return {{.part = InputPart::digit, .bits = low},
              {.part = InputPart::digit, .lowest_bit = low, .bits = magnitude - low, .is_top = true}};
    }
    case MvmMode::bit_wise:
      return digits(InputPart::digit, magnitude, 1);
  }
  AIMC_CHECK(false, "no such mode: {}", static_cast<int>(spec.periphery.mode));
  return {};
}

int slices_per_weight(const SlicingSpec& slicing) {
  if (slicing.weight_bits == 0) return 1;
  const int bits = slicing.encoding == WeightEncoding::balanced ? slicing.weight_bits - 1 : slicing.weight_bits;
  return (bits + slicing.bits_per_cell - 1) / slicing.bits_per_cell;
}

Index outputs_per_array(const TileSpec& spec) { return spec.columns / slices_per_weight(spec.slicing); }

int lossless_adc_bits(const SlicingSpec& slicing, Index rows) {
  const std::int64_t steps =
      rows * ((std::int64_t{1} << slicing.bits_per_pass) - 1) * ((std::int64_t{1} << slicing.bits_per_cell) - 1);
  int bits = 0;
  while ((std::int64_t{1} << bits) - 1 < steps) ++bits;
  return slicing.encoding == WeightEncoding::balanced ? bits + 1 : bits;
}

}  // namespace aimc::tiles
