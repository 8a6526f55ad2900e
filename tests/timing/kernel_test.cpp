#include "sim/timing/kernel.h"

#include <gtest/gtest.h>

#include <systemc>

#include "base/check/error.h"

namespace aimc::sim {
namespace {

struct Thrower : sc_core::sc_module {
  Thrower(const sc_core::sc_module_name& name, Kernel& kernel) : sc_module(name), kernel_(kernel) {
    SC_HAS_PROCESS(Thrower);
    SC_METHOD(run);
  }
  void run() {
    kernel_.guard([] { throw ConfigError("the user's mistake"); });
    kernel_.guard([this] { reached = true; });
  }
  Kernel& kernel_;
  bool reached = false;
};

TEST(Kernel, AnExceptionKeepsItsType) {
  Kernel kernel;
  Thrower thrower("thrower", kernel);
  EXPECT_THROW(kernel.run(), ConfigError);
  EXPECT_FALSE(thrower.reached);
}

TEST(Kernel, CanBeClaimedOnce) {
  const Kernel first;
  EXPECT_THROW(Kernel(), InternalError);
}

}  // namespace
}  // namespace aimc::sim
