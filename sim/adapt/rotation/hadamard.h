#pragma once
#include "base/random/stream.h"
#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// A Hadamard matrix of order n over sqrt(n), orthogonal, with random signs of its rows: Sylvester's doubling of
/// Paley's first construction (order q + 1 for primes q = 3 mod 4). Throws InputError for an order that these do not
/// reach (any 2^k, 12 x 2^k, 20 x 2^k, 24 x 2^k, 44 x 2^k ... are).
at::Tensor random_hadamard(std::int64_t n, const RandomKey& key);

}  // namespace aimc::adapt
