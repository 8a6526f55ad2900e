#pragma once
#include <cstddef>
#include <cstdint>

#include "base/tensor/matrix.h"

namespace aimc::tiles {

/// Number format of both factors; sums are fp32. int8: weights are int8, inputs are u8 (code + input_offset), sums are
/// int32 (modulo 2^32).
enum class ProductType : std::uint8_t { fp32, bf16, int8 };

[[nodiscard]] constexpr std::size_t element_bytes(ProductType type) {
  return type == ProductType::fp32 ? 4 : type == ProductType::bf16 ? 2 : 1;
}

/// What int8 products add to an input code of -127 .. 127: their instructions want unsigned inputs.
inline constexpr int input_offset = 128;

/// An integer weight code of several bytes is two int8 numbers, code = 256 high + low.
enum class CodePlane : std::uint8_t { low, high };
/// The largest |code| that two planes hold. Up to 127, the low plane alone is the code.
inline constexpr int largest_plane_code = 32639;

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

/// fp32 weights [channels, in], rows `stride` apart. bf16 keeps the upper half of each number, so they must be bf16
/// numbers; int8 keeps one plane of integers.
struct ChannelWeights {
  const float* weights = nullptr;
  Index stride = 0;
  CodePlane plane = CodePlane::low;
};

/// Writes weights as channels first .. of a block of a known layout into its zeroed memory.
void write_channels(const PackedLayout& layout, const ChannelWeights& from, Index first, Index channels, std::byte* to);

/// What input_offset adds to the sum of an int8 product: input_offset x sum of the weight codes, modulo 2^32.
[[nodiscard]] std::int32_t offset_of(const float* codes, Index count);
/// Whether every |code| is at most `largest`; NaN is not.
[[nodiscard]] bool codes_within(const float* codes, Index count, float largest);

/// One plane of integer codes [count], as numbers.
void plane_of(const float* codes, Index count, CodePlane plane, float* to);

}  // namespace aimc::tiles
