# Build options and flags shared by every room.
option(AIMC_BENCH "Build the benchmarks under bench/" ON)
option(AIMC_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
option(AIMC_CCACHE "Compile through ccache when it is installed" ON)

# FMA contraction would make results depend on the compiler and the machine (docs/architecture.md, determinism).
add_compile_options(-Wall -Wextra -Wpedantic -ffp-contract=off)
# {.name = ...} leaves the other members at their defaults on purpose.
add_compile_options(-Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess)  # without it ccache never hits when a precompiled header is used
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns falsely about "text" + std::string (GCC bug 105651, mended in 13).
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
if(AIMC_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(AIMC_CCACHE_PROGRAM ccache)
if(AIMC_CCACHE AND AIMC_CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${AIMC_CCACHE_PROGRAM})
endif()
