#pragma once
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "sim/mapping/layer_groups.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// Turns the operators of a placed program into steps, one operator after the other. Digital and attention units of a
/// chip are given out in turn, one to each operator, so that the operators of a layer work on different units (and a
/// stream of tokens in a pipeline) as long as there are enough.
class StepBuilder {
 public:
  /// home_chip: [layer groups]; attention_units: that share a layer's KV heads.
  StepBuilder(Program& program, std::vector<std::uint32_t> home_chip, const LayerGroups& groups,
              std::int64_t attention_units);
  /// Appends the steps of one operator; operators come in graph order.
  void add(const workloads::Node& node);

 private:
  /// A slice of an operator's output and the step that produces it.
  struct Piece {
    StepId step;
    Index begin, width;
    int bits;
  };
  /// Node, offset, width; who reads the codes; whether only for sampled tokens.
  using EncodingKey = std::tuple<NodeId, std::int64_t, std::int64_t, LinearUnit, bool>;

  Step& append(const workloads::Node& node, StepKind kind, UnitAddress unit, std::int64_t elements);
  Step& append_vector(const workloads::Node& node, tiles::VectorOperation operation, UnitAddress unit,
                      std::int64_t elements);
  void add_vector_operator(const workloads::Node& node, tiles::VectorOperation operation, std::int64_t elements);
  void add_attention(const workloads::Node& node);
  void add_attention_part(const workloads::Node& node, std::int64_t first_kv_head, std::int64_t kv_heads);
  void add_analog_linear(const workloads::Node& node, const LinearPlacement& linear);
  void add_digital_linear(const workloads::Node& node);
  void add_look_up(const workloads::Node& node, const LinearPlacement& table);
  StepId add_partial_sums(const workloads::Node& node, const LinearPlacement& linear, StepId first_mvm,
                          std::uint32_t column_tile);
  StepId encoded_input(const workloads::Node& linear, LinearUnit unit);
  StepId append_encoding(const workloads::Node& linear, tiles::InputRangeMode range);
  [[nodiscard]] std::vector<StepInput> inputs_of(const workloads::Operand& operand) const;
  void read_operands(const workloads::Node& node, Step& step) const;
  UnitAddress next_unit(const workloads::Node& node, Component component);
  UnitAddress encoding_unit(const workloads::Node& linear);

  Program& program_;
  std::vector<std::uint32_t> home_chip_;
  const LayerGroups& groups_;
  std::int64_t attention_units_;
  std::vector<std::vector<Piece>> pieces_;                    ///< [nodes]
  std::map<EncodingKey, StepId> encodings_;                   ///< shared DAC codes of an operand
  std::vector<std::uint32_t> next_digital_, next_attention_;  ///< [chips]
};

}  // namespace aimc::sim
