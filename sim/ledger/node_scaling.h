#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/counts/action.h"

namespace aimc::sim {

/// Energies that a change of technology may reach besides those of digital logic.
enum class ScaledPart : std::uint8_t { arrays, network, chip_link, dram };

/// Energy of digital logic of one technology relative to the others of the table.
struct NodeFactor {
  double energy = 1;
};

/// Carries digital energies from the technology that the table holds for to another; never done unless asked.
struct NodeScaling {
  std::string from;                           ///< technology of the table's digital constants, "14 nm"
  std::optional<std::string> to;              ///< nothing: no scaling
  std::vector<ScaledPart> also;               ///< what else scales with the same factor
  std::map<std::string, NodeFactor> factors;  ///< technology -> relative energy
};

/// What the energy of an action is multiplied with: factor(to) / factor(from) for digital logic (digital and attention
/// units; accumulators, affine step and registers of a tile) and the parts in `also`; 1 for all others and without
/// `to`.
[[nodiscard]] double scaling_of(const NodeScaling& scaling, Action action);

/// Whether `scaling` is asked to change this action.
[[nodiscard]] bool scales(const NodeScaling& scaling, Action action);

}  // namespace aimc::sim
