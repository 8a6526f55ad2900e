#pragma once
// Normals by Philox4x32-10 (Salmon et al., SC 2011) and Box-Muller. Written so that the compiler vectorises it, and so
// that every machine computes the same bits: own polynomials instead of libm, no fused multiply-add
// (-ffp-contract=off). A header, so that tests can compile it for several instruction sets and compare the bits.
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/random/domain.h"

namespace aimc::random {

/// The four words of each of the 32 blocks of a group, word by word.
struct GroupWords {
  alignas(64) std::uint32_t word[words_per_block][blocks_per_group];
};

[[gnu::always_inline]] inline std::uint32_t high_product(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(a) * b) >> 32);
}

/// Ten rounds on one counter; the constants are those of the paper, table 2.
[[gnu::always_inline]] inline void philox_group(std::uint64_t key, std::uint64_t first_block, GroupWords& words) {
  for (int i = 0; i < blocks_per_group; ++i) {
    std::uint32_t c0 = static_cast<std::uint32_t>(first_block) + static_cast<std::uint32_t>(i);  // groups never carry
    auto c1 = static_cast<std::uint32_t>(first_block >> 32);
    std::uint32_t c2 = normal_domain;
    std::uint32_t c3 = 0;
    auto k0 = static_cast<std::uint32_t>(key);
    auto k1 = static_cast<std::uint32_t>(key >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const std::uint32_t high0 = high_product(0xD2511F53U, c0);
      const std::uint32_t low0 = 0xD2511F53U * c0;
      const std::uint32_t high1 = high_product(0xCD9E8D57U, c2);
      const std::uint32_t low1 = 0xCD9E8D57U * c2;
      c0 = high1 ^ c1 ^ k0;
      c1 = low1;
      c2 = high0 ^ c3 ^ k1;
      c3 = low0;
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
    words.word[0][i] = c0;
    words.word[1][i] = c1;
    words.word[2][i] = c2;
    words.word[3][i] = c3;
  }
}

/// Natural logarithm of u in [2^-32, 1]; Cephes logf (Moshier), relative error below 2e-7.
[[gnu::always_inline]] inline float log_of_uniform(float u) {
  const auto bits = std::bit_cast<std::int32_t>(u);
  // Exponent such that the mantissa lies in [sqrt(1/2), sqrt(2)): near u = 1 no digits cancel.
  const std::int32_t exponent = (bits - 0x3F3504F3) >> 23;
  const auto mantissa = std::bit_cast<float>(bits - (exponent << 23));
  const auto e = static_cast<float>(exponent);
  const float x = mantissa - 1.0F;
  const float z = x * x;
  float p = 7.0376836292E-2F;
  p = p * x - 1.1514610310E-1F;
  p = p * x + 1.1676998740E-1F;
  p = p * x - 1.2420140846E-1F;
  p = p * x + 1.4249322787E-1F;
  p = p * x - 1.6668057665E-1F;
  p = p * x + 2.0000714765E-1F;
  p = p * x - 2.4999993993E-1F;
  p = p * x + 3.3333331174E-1F;
  float y = x * z * p;
  y += -2.12194440E-4F * e;
  y += -0.5F * z;
  return x + y + 0.693359375F * e;
}

struct Pair {
  float first;
  float second;
};

/// Box-Muller: two independent normals from two words.
[[gnu::always_inline]] inline Pair normal_pair(std::uint32_t radius_word, std::uint32_t angle_word) {
  // 31 bits in (0, 1]; small values, which make the tail, keep all their bits in fp32.
  const float u = (static_cast<float>(static_cast<std::int32_t>(radius_word >> 1)) + 0.5F) * 0x1p-31F;
  const float radius = std::sqrt(-2.0F * log_of_uniform(u));
  // The upper two bits choose the quadrant, the rest an angle in [-pi/4, pi/4); Cephes sinf and cosf there.
  const float angle = static_cast<float>(static_cast<std::int32_t>(angle_word << 2)) * (0x1p-32F * 1.57079632679F);
  const float z = angle * angle;
  const float sine = ((-1.9515295891E-4F * z + 8.3321608736E-3F) * z - 1.6666654611E-1F) * z * angle + angle;
  const float cosine =
      ((2.443315711809948E-5F * z - 1.388731625493765E-3F) * z + 4.166664568298827E-2F) * z * z - 0.5F * z + 1.0F;
  const bool odd = (angle_word >> 30 & 1U) != 0;
  const float a = odd ? sine : cosine;
  const float b = odd ? cosine : sine;
  // Quadrant signs: cos is negative in 1 and 2, sin in 2 and 3.
  const std::uint32_t sign_a = ((angle_word >> 30) + 1U) << 30 & 0x80000000U;
  const std::uint32_t sign_b = angle_word & 0x80000000U;
  return {radius * std::bit_cast<float>(std::bit_cast<std::uint32_t>(a) ^ sign_a),
          radius * std::bit_cast<float>(std::bit_cast<std::uint32_t>(b) ^ sign_b)};
}

/// Groups first_group .. first_group + groups - 1 of the key's normals, each normals_per_group numbers.
[[gnu::always_inline]] inline void fill_normal_groups(std::uint64_t key, std::uint64_t first_group, float* out,
                                                      std::int64_t groups) {
  GroupWords words;
  for (std::int64_t g = 0; g < groups; ++g) {
    philox_group(key, (first_group + static_cast<std::uint64_t>(g)) * blocks_per_group, words);
    float* const group = out + g * normals_per_group;
    for (int i = 0; i < blocks_per_group; ++i) {
      const Pair pair = normal_pair(words.word[0][i], words.word[1][i]);
      group[i] = pair.first;
      group[blocks_per_group + i] = pair.second;
    }
    for (int i = 0; i < blocks_per_group; ++i) {
      const Pair pair = normal_pair(words.word[2][i], words.word[3][i]);
      group[2 * blocks_per_group + i] = pair.first;
      group[3 * blocks_per_group + i] = pair.second;
    }
  }
}

}  // namespace aimc::random
