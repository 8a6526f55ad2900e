#pragma once
#include <cstdint>
#include <string_view>

namespace aimc {

/// A key that names one independent stream of random numbers: a seed and a path such as
/// "layers.3.q_proj" / "row_tile 2" / "programming". The numbers of a stream are a pure function of
/// (key, index), so any thread count, order or subset gives the same values. (Random123, Philox4x32-10.)
class RandomKey {
 public:
  explicit RandomKey(std::uint64_t seed);
  /// The key of a named part of this one.
  [[nodiscard]] RandomKey child(std::string_view name) const;
  /// The key of a numbered part of this one.
  [[nodiscard]] RandomKey child(std::uint64_t number) const;
  [[nodiscard]] std::uint64_t bits() const { return bits_; }
  bool operator==(const RandomKey&) const = default;

 private:
  std::uint64_t bits_;
};

/// Uniform in [0, 1), the index-th number of the stream.
[[nodiscard]] double uniform(const RandomKey& key, std::uint64_t index);

/// Independent standard normals out[0..count) = numbers first .. first+count-1 of the stream.
void fill_normal(const RandomKey& key, std::uint64_t first, float* out, std::int64_t count);

}  // namespace aimc
