#pragma once

namespace aimc::adapt {

/// Which of the processes that train together this one is.
struct ProcessPlace {
  int rank = 0, size = 1;
  int local_rank = 0;  ///< among those on the same machine: the GPU it takes
};

/// As torchrun (RANK, WORLD_SIZE, LOCAL_RANK), mpirun (OMPI_COMM_WORLD_RANK, ..._SIZE, ..._LOCAL_RANK; PMI_RANK,
/// PMI_SIZE, MPI_LOCALRANKID) or srun (SLURM_PROCID, SLURM_STEP_NUM_TASKS, SLURM_LOCALID) tell it, in this order;
/// without their variables the only one. Throws ConfigError for variables that make no sense.
ProcessPlace process_place();

}  // namespace aimc::adapt
