#pragma once
#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// About the nearest (semi-)orthogonal matrices of [count, rows, columns]: a quintic Newton-Schulz iteration in bf16,
/// whose singular values end between about 0.7 and 1.2 (Jordan et al., Muon, 2024).
at::Tensor orthogonalise(const at::Tensor& matrices);

}  // namespace aimc::adapt
