#include "sim/adapt/process_place.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/check/error.h"
#include "sim/adapt/environment_number.h"

namespace aimc::adapt {

ProcessPlace process_place() {
  constexpr const char* names[][3] = {{"RANK", "WORLD_SIZE", "LOCAL_RANK"},
                                      {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID"},
                                      {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"},
                                      {"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"}};
  for (const auto& [rank_name, size_name, local_name] : names) {
    const auto rank = environment_number(rank_name), size = environment_number(size_name);
    if (!rank || !size) continue;
    if (*size < 1 || *rank >= *size)
      throw ConfigError(fmt::format("{}={}, {}={}: the rank is not below the number of processes", rank_name, *rank,
                                    size_name, *size));
    return {*rank, *size, environment_number(local_name).value_or(0)};
  }
  return {};
}

}  // namespace aimc::adapt
