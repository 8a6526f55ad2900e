#pragma once
#include <vector>

#include "sim/program/program.h"

namespace aimc::sim {

/// [step] width in bits of each step's result: the widest in which another step reads it; 0 where none does.
[[nodiscard]] std::vector<int> result_bits(const Program& program);

}  // namespace aimc::sim
