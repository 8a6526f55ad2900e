#pragma once
#include <cstdint>
#include <functional>

namespace aimc {

/// Sets how many threads parallel_for uses; 0 (the default) means all cores this process may use.
void set_thread_count(int threads);
[[nodiscard]] int thread_count();

enum class OnInterrupt : std::uint8_t { stop, finish };

/// Calls body(i) once for each i in [0, count), in any order, on up to thread_count() threads. A call from inside
/// another parallel_for runs serially. What body computes must not depend on the thread or the order. When bodies
/// throw, the exception of the lowest i is rethrown after all running calls have ended; every lower i has been called,
/// higher ones may not have been. When a stop was requested (interrupt.h) it throws Interrupted, having stopped early,
/// or finishes: for short loops in the middle of something that must stay whole.
void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& body,
                  OnInterrupt on_interrupt = OnInterrupt::stop);

}  // namespace aimc
