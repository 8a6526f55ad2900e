#pragma once

namespace aimc {

/// From now on SIGINT and SIGTERM ask the program to stop instead of killing it; a second one kills. Call it once, in
/// main.
void install_interrupt_handler();

/// Asks the program to stop, as the signal handler does.
void request_interrupt() noexcept;

[[nodiscard]] bool interrupt_requested() noexcept;

/// Throws Interrupted (base/check/error.h) when a stop was requested. Long loops call it; parallel_for does already.
void throw_if_interrupted();

/// Forgets a request; for tests and for servers that go on after a cancelled job.
void clear_interrupt() noexcept;

}  // namespace aimc
