#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "base/random/normal_kernel.h"
#include "base/random/stream.h"

namespace aimc {
namespace {

// Known answers of Random123's own kat_vectors file.
TEST(Philox, LibraryGivesItsKnownAnswers) {
  using Words = std::array<std::uint32_t, 4>;
  const auto run = [](Words c, std::array<std::uint32_t, 2> k) {
    const auto r = r123::Philox4x32()({{c[0], c[1], c[2], c[3]}}, {{k[0], k[1]}});
    return Words{r[0], r[1], r[2], r[3]};
  };
  EXPECT_EQ(run({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(run({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(run({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

/// Number i of the normal stream in double precision with libm and Random123: the definition, independent of the
/// vectorised code.
double reference_normal(const RandomKey& key, std::uint64_t i) {
  const std::uint64_t block = i / 128 * 32 + i % 32;
  const std::uint64_t element = i % 128 / 32;
  const auto words =
      r123::Philox4x32()({{static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 1, 0}},
                         {{static_cast<std::uint32_t>(key.bits()), static_cast<std::uint32_t>(key.bits() >> 32)}});
  const double u = (std::floor(words[element / 2 * 2] / 2.0) + 0.5) / 2147483648.0;
  // The angle is the word as a fraction of the circle; within its quadrant it counts from -1/8 to 1/8 of it.
  const std::uint32_t word = words[element / 2 * 2 + 1];
  const double within = static_cast<double>(static_cast<std::int32_t>(word << 2)) / 4294967296.0;
  const double angle = ((word >> 30) + within) * std::numbers::pi / 2;
  return std::sqrt(-2 * std::log(u)) * (element % 2 == 0 ? std::cos(angle) : std::sin(angle));
}

TEST(Normal, AgreesWithLibmInDoublePrecision) {
  const RandomKey key = RandomKey(7).child("layers.3.q_proj").child(2);
  std::vector<float> normals(100'000);
  const std::uint64_t first = (1ULL << 40) - 50'000;  // crosses the carry into the second counter word
  fill_normal(key, first, normals.data(), static_cast<std::int64_t>(normals.size()));
  for (std::size_t i = 0; i < normals.size(); ++i) {
    ASSERT_NEAR(normals[i], reference_normal(key, first + i), 2e-6) << i;
  }
}

void fill_groups_baseline(std::uint64_t key, float* out) { random::fill_normal_groups(key, 0, out, 100); }
#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void fill_groups_avx2(std::uint64_t key, float* out) {
  random::fill_normal_groups(key, 0, out, 100);
}
#endif

std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits(values.size());
  std::transform(values.begin(), values.end(), bits.begin(), [](float v) { return std::bit_cast<std::uint32_t>(v); });
  return bits;
}

TEST(Normal, EveryInstructionSetGivesTheSameBits) {
  const RandomKey key = RandomKey(3).child("bits");
  constexpr std::int64_t count = 100 * random::normals_per_group;
  std::vector<float> dispatched(count);
  std::vector<float> other(count);
  fill_normal(key, 0, dispatched.data(), count);
  fill_groups_baseline(key.bits(), other.data());
  EXPECT_EQ(bits_of(dispatched), bits_of(other));
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) GTEST_SKIP() << "no AVX2 here";
  fill_groups_avx2(key.bits(), other.data());
  EXPECT_EQ(bits_of(dispatched), bits_of(other));
#endif
}

TEST(Normal, MomentsAndTails) {
  std::vector<float> x(1'000'000);
  fill_normal(RandomKey(1), 0, x.data(), static_cast<std::int64_t>(x.size()));
  double m1 = 0;
  double m2 = 0;
  double m3 = 0;
  double m4 = 0;
  int beyond3 = 0;
  for (const double v : x) {
    m1 += v;
    m2 += v * v;
    m3 += v * v * v;
    m4 += v * v * v * v;
    beyond3 += std::abs(v) > 3 ? 1 : 0;
  }
  const auto n = static_cast<double>(x.size());
  // Five standard errors each: 1/sqrt(n), sqrt(2/n), sqrt(15/n), sqrt(96/n).
  EXPECT_NEAR(m1 / n, 0, 0.005);
  EXPECT_NEAR(m2 / n, 1, 0.0071);
  EXPECT_NEAR(m3 / n, 0, 0.0194);
  EXPECT_NEAR(m4 / n, 3, 0.049);
  EXPECT_NEAR(beyond3, 2699.8, 5 * std::sqrt(2699.8));
}

TEST(Normal, AnyPieceEqualsTheWhole) {
  const RandomKey key = RandomKey(5).child("programming");
  std::vector<float> whole(2000);
  fill_normal(key, 0, whole.data(), 2000);
  for (const std::uint64_t first : {0U, 1U, 127U, 128U, 200U, 777U}) {
    for (const std::int64_t count : {0, 1, 5, 128, 129, 700}) {
      std::vector<float> piece(static_cast<std::size_t>(count) + 1, -100.0F);
      fill_normal(key, first, piece.data(), count);
      for (std::int64_t i = 0; i < count; ++i) {
        ASSERT_EQ(piece[static_cast<std::size_t>(i)], whole[first + static_cast<std::uint64_t>(i)]);
      }
      ASSERT_EQ(piece.back(), -100.0F);
    }
  }
}

double correlation(const RandomKey& a, const RandomKey& b) {
  constexpr std::int64_t n = 100'000;
  std::vector<float> x(n);
  std::vector<float> y(n);
  fill_normal(a, 0, x.data(), n);
  fill_normal(b, 0, y.data(), n);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(x[i]) * y[i];
  return sum / n;
}

TEST(RandomKey, DifferentPathsAreUncorrelated) {
  const RandomKey root(0);
  const double five_sigma = 5 / std::sqrt(100'000.0);
  EXPECT_NEAR(correlation(root, RandomKey(1)), 0, five_sigma);
  EXPECT_NEAR(correlation(root.child("a"), root.child("b")), 0, five_sigma);
  EXPECT_NEAR(correlation(root.child(1), root.child(2)), 0, five_sigma);
  EXPECT_NEAR(correlation(root.child("a").child(1), root.child("a").child(2)), 0, five_sigma);
  EXPECT_GT(correlation(root, root), 0.9);
}

TEST(RandomKey, PathsDoNotRunTogether) {
  const RandomKey root(3);
  std::vector<std::uint64_t> keys = {root.bits(),
                                     root.child("").bits(),
                                     root.child("ab").bits(),
                                     root.child("a").child("b").bits(),
                                     root.child("12345678").bits(),
                                     root.child("12345678").child("").bits(),
                                     root.child("3").bits(),
                                     root.child(3).bits(),
                                     root.child(0x33).bits(),
                                     root.child(0).bits(),
                                     root.child("12345678a").bits(),
                                     root.child("12345678").child("a").bits(),
                                     root.child(std::string(1, '\0')).bits()};
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

// Golden values: a change of the key hash or of the generator changes every result of every user; it must be
// deliberate.
TEST(RandomKey, HashIsFrozen) {
  // SplitMix64's published first output for state 0.
  EXPECT_EQ(RandomKey(0).bits(), 0xE220A8397B1DCDAF);
}

TEST(Uniform, IsUniformAndIndependentOfTheNormals) {
  const RandomKey key(11);
  std::vector<double> u(100'000);
  fill_uniform(key, 0, u.data(), static_cast<std::int64_t>(u.size()));
  EXPECT_EQ(u[4321], uniform(key, 4321));
  std::array<int, 10> bins{};
  for (const double value : u) {
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    ++bins.at(static_cast<std::size_t>(value * 10));
  }
  double chi_squared = 0;
  for (const int count : bins) chi_squared += (count - 10'000.0) * (count - 10'000.0) / 10'000.0;
  EXPECT_LT(chi_squared, 36);  // 9 degrees of freedom, p = 4e-5
  std::vector<float> normals(u.size());
  fill_normal(key, 0, normals.data(), static_cast<std::int64_t>(normals.size()));
  double sum = 0;
  for (std::size_t i = 0; i < u.size(); ++i) sum += (u[i] - 0.5) * normals[i];
  EXPECT_NEAR(sum / 1e5 * std::sqrt(12.0), 0, 5 / std::sqrt(1e5));
}

}  // namespace
}  // namespace aimc
