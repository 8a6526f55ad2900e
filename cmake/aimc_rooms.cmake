# One function per kind of target, so that a room's CMakeLists says only what it is made of.

# aimc_room(NAME name SOURCES a.cpp ... LINKS room ... PRIVATE_LINKS lib ...): a static library aimc_<name>. PRECOMPILED
# header: its own precompiled header, where the house's does not fit its compiler flags.
# LINKS mirrors the room's own includes; scripts/check_layers.py checks them.
function(aimc_room)
  cmake_parse_arguments(R "" "NAME;PRECOMPILED" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(aimc_${R_NAME} STATIC ${R_SOURCES})
  target_include_directories(aimc_${R_NAME} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(aimc_${R_NAME} PUBLIC ${R_LINKS} fmt::fmt PRIVATE ${R_PRIVATE_LINKS})
  if(R_PRECOMPILED)
    target_precompile_headers(aimc_${R_NAME} PRIVATE ${R_PRECOMPILED})
  elseif(R_NAME STREQUAL "base")
    target_precompile_headers(aimc_base PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
  else()
    target_precompile_headers(aimc_${R_NAME} REUSE_FROM aimc_base)
  endif()
endfunction()

# aimc_test(NAME name SOURCES ... LINKS ...): one test program; CTest runs each test case in a process of its own,
# which SystemC needs (a second elaboration in one process fails).
function(aimc_test)
  cmake_parse_arguments(T "" "NAME" "SOURCES;LINKS" ${ARGN})
  add_executable(${T_NAME} ${T_SOURCES})
  target_link_libraries(${T_NAME} PRIVATE ${T_LINKS} GTest::gmock GTest::gtest_main)
  if(NOT T_NAME STREQUAL "test_base")
    target_precompile_headers(${T_NAME} REUSE_FROM test_base)
  else()
    target_precompile_headers(test_base PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h <gtest/gtest.h> <gmock/gmock.h>)
  endif()
  target_compile_definitions(${T_NAME} PRIVATE AIMC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${T_NAME} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
endfunction()
