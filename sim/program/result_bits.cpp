#include "sim/program/result_bits.h"

#include <algorithm>

namespace aimc::sim {

std::vector<int> result_bits(const Program& program) {
  std::vector<int> bits(program.steps.size());
  for (const Step& step : program.steps)
    for (const StepInput& input : step.inputs) bits[input.from] = std::max(bits[input.from], input.bits);
  return bits;
}

}  // namespace aimc::sim
