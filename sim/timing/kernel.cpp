#include "sim/timing/kernel.h"

#include <algorithm>
#include <cstdlib>
#include <systemc>
#include <utility>

#include "base/check/check.h"
#include "base/check/error.h"
#include "base/parallel/interrupt.h"

// The shared library calls sc_main from its own main(), which our programs replace; the symbol must exist all the same.
int sc_main(int, char**) { return EXIT_FAILURE; }

namespace aimc::sim {

Kernel::Kernel() {
  static bool claimed = false;
  AIMC_CHECK(!claimed, "SystemC elaborates once in a process: run each timing in a process of its own");
  claimed = true;
  setenv("SC_COPYRIGHT_MESSAGE", "DISABLE", 1);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
}

void Kernel::run(const std::function<std::int64_t()>& progress) {
  const sc_core::sc_time day(86400, sc_core::SC_SEC);
  const sc_core::sc_time slice(10, sc_core::SC_US);  // of a network alone: some tenths of a second of wall time
  std::int64_t done = progress ? progress() : 0;
  auto deltas = sc_core::sc_delta_count();  // unchanged: nothing happened, a request or a long job is awaited
  while (true) {
    // A slice in which nothing happens would only cost time.
    const sc_core::sc_time step = progress ? day : std::max(slice, sc_core::sc_time_to_pending_activity());
    sc_core::sc_start(step, sc_core::SC_EXIT_ON_STARVATION);
    if (failure_) std::rethrow_exception(failure_);
    throw_if_interrupted();
    if (!sc_core::sc_pending_activity()) return;
    if (!progress) continue;
    const std::int64_t before = std::exchange(done, progress());
    const bool quiet = std::exchange(deltas, sc_core::sc_delta_count()) == sc_core::sc_delta_count();
    if (done == before && !quiet)
      throw InternalError("nothing was computed during a simulated day, and yet events go on");
  }
}

void Kernel::fail(std::exception_ptr failure) noexcept {
  failure_ = std::move(failure);
  sc_core::sc_stop();
}

}  // namespace aimc::sim
