#pragma once
#include <cstdint>
#include <vector>

#include "interconnect/topology/package_topology.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// Bits that one sampled token sends over each link of the package, headers not included, indexed by LinkId of
/// `topology`: the static load of a mapping, without waiting. Vectors for several arrays go once over a link where the
/// network can multicast, partial sums once where they meet in it.
[[nodiscard]] std::vector<std::int64_t> link_bits(const Program& program,
                                                  const interconnect::PackageTopology& topology);

/// The links of a program's package.
[[nodiscard]] interconnect::PackageTopology package_of(const Program& program);

}  // namespace aimc::sim
