#include "sim/validate/measure.h"

#include "base/check/check.h"

namespace aimc::sim {

Figures measure(const ValidationFile& file, const ValidationCase& one) {
  if (one.tile) return measure_tile_case(file, one);
  if (one.neurram) return measure_neurram(one);
  if (one.three_d_sim) return measure_three_d_sim(one);
  if (one.flit) return measure_flit(one);
  if (one.roll_up) return measure_roll_up(file, one);
  AIMC_CHECK(one.closed_form, "case {} measures nothing", one.name);
  return measure_closed_form(one);
}

}  // namespace aimc::sim
