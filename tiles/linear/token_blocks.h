#pragma once
#include <functional>

#include "base/tensor/matrix.h"

namespace aimc::tiles {

/// A piece of a linear's output: tokens [token, token + tokens) of one column block.
struct OutputBlock {
  Index token = 0, tokens = 0, column_block = 0;
};

/// Calls body for every piece of an output of `tokens` x `column_blocks`, in parallel when the work is worth it. The
/// pieces depend on the arguments alone, not on the threads; multiply_accumulates is the work of one token.
void for_each_output_block(Index tokens, Index column_blocks, Index multiply_accumulates,
                           const std::function<void(const OutputBlock&)>& body);

}  // namespace aimc::tiles
