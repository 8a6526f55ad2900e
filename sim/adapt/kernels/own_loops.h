#pragma once
// Converters, weights as they are held, norms, RoPE, attention, SwiGLU and distillation are there twice: as loops of
// our own, which run on the CPU, and in libtorch's operators, for every other device.
#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// Whether our own loops compute on this device: the CPU, unless an OperatorsOnly lives.
[[nodiscard]] bool runs_own_loops(const at::Device& device);

/// While one lives, libtorch's operators compute on the CPU, too: so that tests can hold both ways together where there
/// is no other device. Holds for the whole process.
class OperatorsOnly {
 public:
  OperatorsOnly();
  ~OperatorsOnly();
  OperatorsOnly(const OperatorsOnly&) = delete;
  OperatorsOnly& operator=(const OperatorsOnly&) = delete;
};

}  // namespace aimc::adapt
