#pragma once
#include <vector>

#include "sim/adapt/parameters.h"

namespace aimc::adapt {

/// Orthogonal matrices that a model's residual stream and its values are turned by without changing what it computes
/// (SpinQuant, Liu et al. 2024: R1 and R2, which merge into the weights; its online R3 and R4 do not exist in a
/// checkpoint and are not here).
struct Rotations {
  at::Tensor residual;             ///< R1 [hidden, hidden]
  std::vector<at::Tensor> values;  ///< R2 of each layer [head_dim, head_dim], the same for all its heads
};

/// Random Hadamard matrices (numerics E). Throws InputError for sizes that have none.
Rotations draw_rotations(const workloads::Model& model, const RandomKey& key, const at::Device& device);

/// Folds the gains of the norms into the linears that read them (they become one) and unties the head, so that
/// rotations commute with the norms.
void fold_gains(const workloads::Graph& graph, Parameters& parameters);

/// The weights in turned coordinates, differentiable in the rotations: embedding E R1, readers of the residual stream
/// W R1, writers R1^T W, values R2^T W_v, o_proj W_o R2. Gains must be folded.
Parameters rotated(const workloads::Graph& graph, const Parameters& folded, const Rotations& rotations);

}  // namespace aimc::adapt
