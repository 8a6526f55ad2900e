#pragma once
#include <cstdint>
#include <functional>

namespace aimc {

/// Sets how many threads parallel_for uses; 0 means all cores of the machine.
void set_thread_count(int threads);
[[nodiscard]] int thread_count();

/// Calls body(i) once for each i in [0, count), in any order, on up to thread_count() threads. A call from inside
/// another parallel_for runs serially. What body computes must not depend on the thread or the order; the first
/// exception (lowest i) is rethrown after all calls have ended. Stops early when an interrupt was requested.
void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& body);

}  // namespace aimc
