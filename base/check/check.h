#pragma once
#include <fmt/format.h>

#include <string>

#include "base/check/error.h"

namespace aimc::detail {
[[noreturn]] void fail_check(const char* condition, const char* file, int line, const std::string& message);
}  // namespace aimc::detail

/// States something that must hold whatever the user does; a violation is our bug (InternalError).
/// Further arguments are a fmt format string and its values.
#define AIMC_CHECK(condition, ...)                                                               \
  do {                                                                                           \
    if (!(condition)) [[unlikely]]                                                               \
      ::aimc::detail::fail_check(#condition, __FILE__, __LINE__, ::fmt::format("" __VA_ARGS__)); \
  } while (false)
