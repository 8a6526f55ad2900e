#include "sim/timing/kernel.h"

#include <cstdlib>
#include <systemc>

#include "base/check/check.h"

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

void Kernel::run() {
  sc_core::sc_start();
  if (failure_) std::rethrow_exception(failure_);
}

void Kernel::fail(std::exception_ptr failure) noexcept {
  failure_ = std::move(failure);
  sc_core::sc_stop();
}

}  // namespace aimc::sim
