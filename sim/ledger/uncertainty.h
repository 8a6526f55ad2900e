#pragma once
#include <string>
#include <vector>

#include "base/config/provenance.h"
#include "base/units/quantity.h"

namespace aimc::sim {

/// How far constants of each kind that carry no uncertainty of their own may be off, as parse_uncertainty reads it.
struct UncertaintyByKind {
  std::string published, derived, assumed, user, unspecified;
};

/// The uncertainty of a kind; none where the table says nothing.
[[nodiscard]] config::Uncertainty of_kind(const UncertaintyByKind& table, config::ValueKind kind);
/// A constant's own uncertainty, or that of its kind.
[[nodiscard]] config::Uncertainty uncertainty_of(const UncertaintyByKind& table,
                                                 const config::ProvenanceTable& constants, const std::string& key);
/// The wider of two, on each side.
[[nodiscard]] config::Uncertainty widest(config::Uncertainty a, config::Uncertainty b);

/// Energy that one constant is responsible for.
struct Contribution {
  std::string group;     ///< constants of one group are wrong together: "dram", "crossbar_tile idle" ...
  std::string constant;  ///< its key path
  Energy energy;
  config::Uncertainty range;
};

/// What one group adds to the doubt.
struct DoubtfulPart {
  std::string group;
  std::string constant;  ///< the one that adds most in the group
  Energy energy;         ///< of the group
  Energy down, up;       ///< by how much it may be less or more
};

/// Where the sum of all contributions may lie.
struct EnergyBand {
  Energy low, high;                        ///< groups independent of each other: deviations in quadrature
  Energy correlated_low, correlated_high;  ///< all constants wrong in the same direction at once
  std::vector<DoubtfulPart> parts;         ///< all groups, the largest doubt first
};

/// Deviations add linearly within a group (its constants stem from one technology and one set of sources, so a constant
/// that prices many actions counts once and fully), in quadrature between groups.
[[nodiscard]] EnergyBand energy_band(const std::vector<Contribution>& contributions);

}  // namespace aimc::sim
