#pragma once
#include <functional>

#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// A piece of a network: its output for an input. `again` tells the second time, on the way back.
using Piece = std::function<at::Tensor(const at::Tensor& x, bool again)>;

/// The piece's output, of which only the input is kept; the piece is computed again when its gradient is asked for
/// (activation checkpointing: Chen et al., 2016). Its parameters receive their gradients then.
at::Tensor recomputed(const at::Tensor& x, Piece piece);

}  // namespace aimc::adapt
