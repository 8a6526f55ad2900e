#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace aimc::tiles {

/// One way in which an analog product differs from the exact one. The magnitudes belong to the hardware and the device;
/// a deployment says which of them act, so that each can be looked at alone.
enum class Effect : std::uint8_t {
  input_rounding,     ///< DAC steps
  input_clipping,     ///< DAC range
  output_rounding,    ///< ADC steps
  output_clipping,    ///< ADC range
  programming_noise,  ///< cells differ from their targets, once
  read_noise,         ///< 1/f noise of the cells, drawn once a time after programming
  drift,              ///< conductances fall with time
  faults,             ///< cells stuck at their lowest or highest conductance
  input_noise,        ///< of the row drivers, anew for every MVM
  input_asymmetry,    ///< negative inputs are weaker
  ir_drop,            ///< voltage lost along the wires
  array_read_noise,   ///< of all cells of a column together, anew for every MVM
  voltage_offset,     ///< reference voltages of the columns
  output_nonlinearity,
  output_asymmetry,  ///< negative outputs are weaker
  output_noise,      ///< of the column circuits, anew for every MVM
  column_spread      ///< gain and offset of the converters, column by column
};
inline constexpr int effect_count = static_cast<int>(Effect::column_spread) + 1;

[[nodiscard]] std::string_view name(Effect effect);
/// The effect of that name, or nothing.
[[nodiscard]] std::optional<Effect> find_effect(std::string_view name);
[[nodiscard]] std::span<const Effect> all_effects();

/// A set of effects.
class Effects {
 public:
  static constexpr Effects all() { return Effects((1U << effect_count) - 1); }
  static constexpr Effects none() { return Effects(0); }
  static constexpr Effects only(Effect effect) { return Effects(bit(effect)); }
  [[nodiscard]] constexpr bool has(Effect effect) const { return (bits_ & bit(effect)) != 0; }
  [[nodiscard]] constexpr Effects with(Effect effect) const { return Effects(bits_ | bit(effect)); }
  [[nodiscard]] constexpr Effects without(Effect effect) const { return Effects(bits_ & ~bit(effect)); }
  bool operator==(const Effects&) const = default;

 private:
  constexpr explicit Effects(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(Effect effect) { return 1U << static_cast<int>(effect); }
  std::uint32_t bits_;
};

}  // namespace aimc::tiles
