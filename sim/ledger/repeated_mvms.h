#pragma once
#include "base/counts/counts.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// What the retries in counts made happen: every retry itself, and the MVM, drives, cell reads and conversions of one
/// more pass of an array of its operator (the largest one; arrays of an operator differ by at most a row and a column).
/// The affine step and the buffers work once however often an MVM is repeated.
[[nodiscard]] Counts repeated_mvms(const Counts& counts, const Program& program);

}  // namespace aimc::sim
