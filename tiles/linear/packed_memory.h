#pragma once
#include <cstddef>

namespace aimc::tiles {

/// Zeroed memory of packed weights, one mapping for all blocks of a matrix. Large ones ask for huge pages: streaming
/// weights for one token touches every page once, and the page walks cost up to half of it.
class PackedMemory {
 public:
  PackedMemory() = default;
  explicit PackedMemory(std::size_t bytes);
  ~PackedMemory();
  PackedMemory(PackedMemory&& other) noexcept;
  PackedMemory& operator=(PackedMemory&& other) noexcept;
  PackedMemory(const PackedMemory&) = delete;
  PackedMemory& operator=(const PackedMemory&) = delete;

  /// Aligned to a page, and to a huge page where there is one.
  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  /// The next multiple of a cache line: where the next block may begin.
  static constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

 private:
  void release() noexcept;
  void* mapping_ = nullptr;
  std::size_t mapped_ = 0, bytes_ = 0;
  std::byte* data_ = nullptr;
};

}  // namespace aimc::tiles
