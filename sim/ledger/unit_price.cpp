#include "sim/ledger/unit_price.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check/check.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

using config::ValueKind;

/// Bits of each of the actions of an MVM, which happen equally often: a pulse is as long as the codes of its pass.
std::vector<int> scaling_bits(const ActionEnergy& action, const HardwareSpec& hardware) {
  std::vector<int> bits;
  switch (action.scaling) {
    case EnergyScaling::none:
      return {action.reference_bits};
    case EnergyScaling::adc_bits:
      return {hardware.tile.adc.bits};
    case EnergyScaling::input_bits:
      for (const tiles::InputPass& pass : tiles::input_passes(hardware.tile)) bits.push_back(pass.bits + 1);  // a sign
      return bits;
  }
  AIMC_CHECK(false, "no such scaling: {}", static_cast<int>(action.scaling));
  return {};
}

/// How much a value leaves to doubt; the user's own word stands above all, since it is what the report must show.
int doubt(ValueKind kind) {
  switch (kind) {
    case ValueKind::published:
      return 0;
    case ValueKind::derived:
      return 1;
    case ValueKind::assumed:
      return 2;
    case ValueKind::unspecified:
      return 3;
    case ValueKind::user:
      return 4;
  }
  return 3;
}

/// The fit in place of the table's line; conversions of a tile that never pauses set its sample rate.
UnitPrice survey_price(const EnergyTable& table, const tiles::TileSpec& tile) {
  const double bits = effective_bits(table.adc, tile), rate = converter_sample_rate(tile);
  return {survey_energy(table.adc.fit, table.adc.technology, bits, rate), ValueKind::derived,
          config::parse_uncertainty(table.adc.fit.accuracy).value_or(config::Uncertainty{}),
          fmt::format("ADC survey fit: {:.3g} effective bits, {:.4g} MS/s, {:.3g} nm", bits, rate * 1e-6,
                      table.adc.technology.si() * 1e9)};
}

/// The table's line. A scaling rule in use is one more thing that may be wrong.
UnitPrice table_price(const ActionEnergy& action, const EnergyTable& table, const HardwareSpec& hardware) {
  const ValueKind kind = kind_of(action, hardware);
  const config::Uncertainty own = action.uncertainty.value_or(of_kind(table.uncertainty, action.kind));
  return {energy_of(action, hardware), kind, kind == action.kind ? own : widest(own, of_kind(table.uncertainty, kind)),
          action.source};
}

}  // namespace

Energy energy_of(const ActionEnergy& action, const HardwareSpec& hardware) {
  if (!action.has_price()) return Energy{};
  const std::vector<int> bits = scaling_bits(action, hardware);
  double growth = 0;
  for (const int each : bits) growth += std::ldexp(1.0, each - action.reference_bits);
  const double fixed = action.fixed_share;
  return action.reference * (fixed + (1 - fixed) * growth / static_cast<double>(bits.size()));
}

ValueKind kind_of(const ActionEnergy& action, const HardwareSpec& hardware) {
  const std::vector<int> bits = scaling_bits(action, hardware);
  const auto unscaled = [&](int each) { return each == action.reference_bits; };
  if (std::all_of(bits.begin(), bits.end(), unscaled)) return action.kind;
  return doubt(action.scaling_kind) > doubt(action.kind) ? action.scaling_kind : action.kind;
}

UnitPrice unit_price(Action action, const EnergyTable& table, const HardwareSpec& hardware) {
  const auto found = table.actions.find(action);
  AIMC_CHECK(found != table.actions.end(), "the energy table {} lacks {}", table.name, name(action));
  const ActionEnergy& entry = found->second;
  if (!entry.has_price()) return {};
  const bool by_fit =
      action == Action::adc_conversion && table.adc.model == AdcModel::survey && hardware.tile.columns > 0;
  UnitPrice price = by_fit ? survey_price(table, hardware.tile) : table_price(entry, table, hardware);
  if (by_fit || !scales(table.node_scaling, action)) return price;  // the fit has a technology of its own
  const double factor = scaling_of(table.node_scaling, action);
  price.energy = price.energy * factor;
  price.kind = ValueKind::assumed;
  price.range = widest(price.range, of_kind(table.uncertainty, ValueKind::assumed));
  price.source +=
      fmt::format("; scaled from {} to {}: x{:.3g} (assumed)", table.node_scaling.from, *table.node_scaling.to, factor);
  return price;
}

}  // namespace aimc::sim
