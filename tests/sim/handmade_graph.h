#pragma once
#include "sim/program/program.h"

namespace aimc::sim {

/// Shape of a decoder built by hand, independent of workloads/model.
struct DecoderShape {
  std::int64_t hidden = 64, intermediate = 160, heads = 4, kv_heads = 2, head_dim = 16, vocabulary = 300;
  std::uint32_t layers = 2;
  bool fused = false;  ///< qkv and gate/up in one linear each (Phi-3)
};

workloads::Graph handmade_decoder(const DecoderShape& shape);

/// Hardware with nothing but what mapping reads.
HardwareSpec handmade_hardware(Index rows, Index columns, std::int64_t tiles);

inline LinearUnit all_analog(const workloads::Node&) { return LinearUnit::analog; }

}  // namespace aimc::sim
