#include "sim/adapt/process_place.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/check/error.h"
#include "sim/adapt/environment_number.h"

namespace aimc::adapt {

ProcessPlace process_place() {
  // Slurm last: its variables are those of the job's script, too, from which the other launchers inherit them. The size
  // of the step is srun's alone, so that a program in a script for four processes is still one.
  constexpr const char* names[][3] = {{"RANK", "WORLD_SIZE", "LOCAL_RANK"},
                                      {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"},
                                      {"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"},
                                      {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"}};
  for (const auto& [rank_name, size_name, local_name] : names) {
    const auto rank = environment_number(rank_name), size = environment_number(size_name);
    if (!rank || !size) continue;
    if (*size < 1 || *rank >= *size)
      throw ConfigError(fmt::format("{}={}, {}={}: the rank is not below the number of processes", rank_name, *rank,
                                    size_name, *size));
    // srun sets PMI_RANK for programs with MPI, but not MPI_LOCALRANKID.
    const auto local = environment_number(local_name);
    return {*rank, *size, local ? *local : environment_number("SLURM_LOCALID").value_or(0)};
  }
  return {};
}

}  // namespace aimc::adapt
