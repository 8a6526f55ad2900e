#pragma once
#include <cstdint>

namespace aimc::random {

// The third counter word of Philox: keeps the uniforms, the normals and the bytes of one key apart.
inline constexpr std::uint32_t uniform_domain = 0;
inline constexpr std::uint32_t normal_domain = 1;
inline constexpr std::uint32_t byte_domain = 2;

/// Normals come in groups of 128: 32 Philox blocks of 4 words. Number i of a stream is element (i % 128) / 32 of block
/// 32 (i / 128) + i % 32, so that whole vectors of blocks are computed and stored side by side.
inline constexpr int blocks_per_group = 32;
inline constexpr int words_per_block = 4;
inline constexpr int normals_per_group = blocks_per_group * words_per_block;

}  // namespace aimc::random
