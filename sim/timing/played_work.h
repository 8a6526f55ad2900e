#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "tiles/spec/digital_spec.h"

namespace aimc::sim {

/// How often each step ran in each phase and what attention worked on; what the counts are made of.
struct PlayedWork {
  std::array<std::vector<std::int64_t>, 2> runs;               ///< [phase][step]
  std::array<std::vector<std::int64_t>, 2> streams;            ///< [phase][step]: weight streams of digital products
  std::array<std::vector<tiles::AttentionWork>, 2> attention;  ///< [phase][attention step, see PlayStep::detail]
};

}  // namespace aimc::sim
