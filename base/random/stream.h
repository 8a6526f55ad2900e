#pragma once
#include <cstdint>
#include <string_view>

namespace aimc {

/// A key that names one independent stream of random numbers: a seed and a path such as
/// "layers.3.q_proj" / "row_tile 2" / "programming". The numbers of a stream are a pure function of
/// (key, index), so any thread count, order or subset gives the same values. (Random123, Philox4x32-10.)
///
/// A child's 64 key bits are a chained hash of its parent's: each 8 bytes of the name (or the number) are added and
/// passed through the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), and the length with a tag that tells
/// names from numbers closes the chain. Two different paths collide with probability 2^-64.
class RandomKey {
 public:
  explicit RandomKey(std::uint64_t seed);
  /// The key of a named part of this one.
  [[nodiscard]] RandomKey child(std::string_view name) const;
  /// The key of a numbered part of this one; child(3) and child("3") differ.
  [[nodiscard]] RandomKey child(std::uint64_t number) const;
  [[nodiscard]] std::uint64_t bits() const { return bits_; }
  bool operator==(const RandomKey&) const = default;

 private:
  RandomKey() = default;
  std::uint64_t bits_ = 0;
};

/// Uniform in [0, 1) with 53 bits, the index-th number of the stream.
[[nodiscard]] double uniform(const RandomKey& key, std::uint64_t index);

/// Independent uniforms in [0, 1): out[0..count) = uniform(key, first ..).
void fill_uniform(const RandomKey& key, std::uint64_t first, double* out, std::int64_t count);

/// Independent standard normals out[0..count) = numbers first .. first+count-1 of the stream, bit-identical on every
/// machine. Box-Muller, so |out| <= 6.67. The uniforms and the normals of one key are independent of each other.
void fill_normal(const RandomKey& key, std::uint64_t first, float* out, std::int64_t count);

/// Independent uniform bytes out[0..count) = numbers first .. first+count-1 of the stream; first is a multiple of 16.
void fill_bytes(const RandomKey& key, std::uint64_t first, std::uint8_t* out, std::int64_t count);

}  // namespace aimc
