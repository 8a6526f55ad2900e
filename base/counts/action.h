#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace aimc {

/// A class of hardware that spends time, energy and area.
enum class Component : std::uint8_t { crossbar_tile, digital_unit, attention_unit, network, chip_link, dram };

/// Everything the chip can do that costs energy. An action belongs to exactly one component.
enum class Action : std::uint8_t {
  // crossbar_tile
  mvm,  ///< one matrix-vector product of one array (all phases); the sequencer and clock of the tile, or a lump
  dac_conversion,   ///< one row driven once (PWM generator, driver)
  cell_read,        ///< one unit cell integrated once: one analog MAC
  adc_conversion,   ///< one column converted once
  affine,           ///< one column code times range x channel scale
  accumulate,       ///< one partial sum added to another in the tile
  input_register,   ///< one byte written into and read from the input buffer
  output_register,  ///< one byte written into and read from the output buffer
  retry,            ///< one MVM repeated by bound management; has no price of its own: what it repeats is counted too
  // digital_unit
  vector_operation,  ///< one lane operation (add, multiply, exponential ...)
  quantize,          ///< one element divided by its range, rounded and clamped for a DAC
  range_maximum,     ///< one element compared for a dynamic input range
  digital_mac,       ///< one multiply-accumulate of a digital matrix product
  digital_sram,      ///< one byte read or written in the unit's buffer
  sample,            ///< one vocabulary entry looked at by the sampler
  // attention_unit
  attention_mac,      ///< one multiply-accumulate of QK^T or PV
  softmax,            ///< one score exponentiated and normalised
  attention_sram,     ///< one byte read or written in the unit's buffer
  kv_sram_read_byte,  ///< KV cache in the unit's SRAM
  kv_sram_write_byte,
  // network
  flit_hop,  ///< one flit over one link and one router
  // chip_link
  chip_link_byte,  ///< one byte over one chip-to-chip link
  // dram
  kv_read_byte,
  kv_write_byte,
  weight_read_byte,  ///< streamed to a digital matrix product
  embedding_read_byte,
};
inline constexpr int action_count = static_cast<int>(Action::embedding_read_byte) + 1;

[[nodiscard]] Component component_of(Action action);
[[nodiscard]] std::string_view name(Component component);
[[nodiscard]] std::string_view name(Action action);
[[nodiscard]] std::span<const Action> all_actions();

}  // namespace aimc
