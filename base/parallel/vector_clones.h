#pragma once

/// Compiles a function for each instruction set and picks one when the program starts. Together with
/// -ffp-contract=off the results are the same bits on all of them.
#if defined(__x86_64__)
#define AIMC_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define AIMC_VECTOR_CLONES
#endif
