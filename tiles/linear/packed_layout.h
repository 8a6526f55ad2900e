#pragma once
#include <cstddef>
#include <cstdint>

#include "base/tensor/matrix.h"

namespace aimc::tiles {

/// Number format of both factors; sums are always fp32.
enum class ProductType : std::uint8_t { fp32, bf16 };

[[nodiscard]] constexpr std::size_t element_bytes(ProductType type) { return type == ProductType::bf16 ? 2 : 4; }

/// Where a kernel wants the weights of a block [out, in]. Layouts that are known can be written channel by channel:
/// channels in groups; within a group the rows one after another, `together` of them interleaved. Weight (row k,
/// channel n) is element
///   n / group x group_stride + k / together x (group x together) + n % group x together + k % together.
struct PackedLayout {
  ProductType type = ProductType::fp32;
  Index in = 0, out = 0;
  std::size_t bytes = 0;  ///< with padding
  Index group = 0;        ///< 0: unknown, only oneDNN can write it
  Index together = 1;
  Index group_stride = 0;
  [[nodiscard]] bool known() const { return group > 0; }
};

/// Writes fp32 weights [channels, in] (rows `stride` apart) as channels first .. of a block of a known layout into its
/// zeroed memory. bf16 keeps the upper half of each number, so the weights must be bf16 numbers.
void write_channels(const PackedLayout& layout, const float* weights, Index stride, Index first, Index channels,
                    std::byte* to);

}  // namespace aimc::tiles
