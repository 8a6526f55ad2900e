#include "sim/adapt/kernels/own_loops.h"

#include <atomic>

namespace aimc::adapt {
namespace {

std::atomic<int> without_loops = 0;

}  // namespace

bool runs_own_loops(const at::Device& device) { return device.is_cpu() && without_loops == 0; }

OperatorsOnly::OperatorsOnly() { ++without_loops; }
OperatorsOnly::~OperatorsOnly() { --without_loops; }

}  // namespace aimc::adapt
