#include "sim/program/validate.h"

namespace aimc::sim {

void validate(const Program& program) {
  validate_placement(program);
  validate_steps(program);
}

}  // namespace aimc::sim
