#include "sim/experiment/hardware_file.h"
#include "sim/timing/timing.h"
#include "sim/validate/measure.h"
#include "sim/validate/three_d_sim.h"

namespace aimc::sim {

Figures measure_three_d_sim(const ValidationCase& one) {
  const ThreeDSimSetup& setup = *one.three_d_sim;
  const Program program = three_d_sim_program(setup, load_hardware(one.hardware, one.set).spec);
  const std::int64_t new_tokens = setup.decoder && setup.kv_cache ? setup.tokens - 1 : 1;
  const TimingResult result = simulate_timing(program, InferenceWorkload::single(1, new_tokens), {.exact = true});
  return {{"time_ns", {result.elapsed.nanoseconds(), std::nullopt}}};
}

}  // namespace aimc::sim
