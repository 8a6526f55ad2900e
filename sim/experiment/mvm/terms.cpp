#include "sim/experiment/mvm/terms.h"

#include <fmt/format.h>

#include <cmath>

#include "base/config/diagnostics.h"

namespace aimc::sim {
namespace {

using config::Diagnostics;
using tiles::Effect;

constexpr int most_bits = 16;       // of the tile's schema, which allows inputs as many only with sliced weights
constexpr Index most_rows = 65536;  // likewise

// 1e-6 of a step is far below what single precision tells apart and above the rounding of 1/254 as written.
bool nearly(double a, double b) { return std::abs(a - b) <= 1e-6 * b; }

void add_bits(const std::optional<double>& resolution, const std::string& option, const std::string& key,
              std::vector<std::string>& overrides, Diagnostics& diagnostics) {
  if (!resolution || *resolution <= 0) return;
  const auto bits = bits_of_resolution(*resolution);
  if (bits) {
    overrides.push_back(fmt::format("{}={}", key, *bits));
    return;
  }
  diagnostics.error({"command line", 0}, option,
                    fmt::format("a converter has 2^bits - 2 steps: 2, 6, 14, 30, 62, 126, 254 ... 65534; or one over "
                                "them; or -1 for no rounding; not {}",
                                *resolution));
}

}  // namespace

std::optional<int> bits_of_resolution(double resolution) {
  const double steps = resolution > 1 ? resolution : 1 / resolution;
  for (int bits = 2; bits <= most_bits; ++bits)
    if (nearly(steps, 2 * tiles::largest_code(bits))) return bits;
  return std::nullopt;
}

std::vector<std::string> hardware_overrides(const MvmTerms& terms, Index inputs) {
  std::vector<std::string> overrides;
  Diagnostics diagnostics;
  add_bits(terms.input_resolution, "--inp-res", "hardware.tile.input.bits", overrides, diagnostics);
  add_bits(terms.output_resolution, "--out-res", "hardware.tile.adc.bits", overrides, diagnostics);
  if (terms.output_bound && *terms.output_bound > 0)
    overrides.push_back(fmt::format("hardware.tile.adc.out_bound={}", *terms.output_bound));
  if (terms.output_bound && std::isnan(*terms.output_bound))
    diagnostics.error({"command line", 0}, "--out-bound",
                      "the full scale of the ADC is a number of full devices, for example 14, or -1 for no clipping");
  if (terms.rows) {
    const Index rows = *terms.rows > 0 ? *terms.rows : inputs;
    if (rows > most_rows)
      diagnostics.error({"command line", 0}, "--rows",
                        fmt::format("an array has at most {} rows, not {}{}", most_rows, rows,
                                    *terms.rows > 0 ? "" : ": a layer of so many inputs must be split"));
    overrides.push_back(fmt::format("hardware.tile.rows={}", rows));
  }
  if (terms.range)
    overrides.push_back(fmt::format("hardware.tile.input.range={}",
                                    *terms.range == tiles::InputRangeMode::static_range ? "static" : "dynamic"));
  diagnostics.throw_if_any();
  return overrides;
}

tiles::Effects effects_of(const MvmTerms& terms) {
  tiles::Effects effects = tiles::Effects::all();
  if (terms.input_resolution && *terms.input_resolution <= 0) effects = effects.without(Effect::input_rounding);
  if (terms.output_resolution && *terms.output_resolution <= 0) effects = effects.without(Effect::output_rounding);
  if (terms.output_bound && *terms.output_bound <= 0) effects = effects.without(Effect::output_clipping);
  return effects;
}

}  // namespace aimc::sim
