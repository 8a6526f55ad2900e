#include "tiles/linear/packed_layout.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/parallel/vector_clones.h"
#include "tiles/linear/scratch.h"

namespace aimc::tiles {
namespace {

constexpr Index side = 16;  ///< channels written together: a cache line of 4-byte units

/// Two neighbouring rows of a channel in one unit, as bf16 products read them.
AIMC_VECTOR_CLONES void join_pairs(const float* weights, Index pairs, std::uint32_t* units) {
  for (Index i = 0; i < pairs; ++i)
    units[i] = std::bit_cast<std::uint32_t>(weights[2 * i]) >> 16 |
               (std::bit_cast<std::uint32_t>(weights[2 * i + 1]) & 0xFFFF0000U);
}

// code = 256 high + low with low in -128 .. 127.
[[gnu::always_inline]] inline std::int32_t plane_code(float code, std::int32_t shift) {
  const std::int32_t rounding = shift == 0 ? 0 : 128;
  return (static_cast<std::int32_t>(code) + rounding) >> shift;
}

constexpr std::int32_t shift_of(CodePlane plane) { return plane == CodePlane::high ? 8 : 0; }

/// Four neighbouring rows of a channel in one unit, as int8 products read them: the bytes of `count` codes in a row.
AIMC_VECTOR_CLONES void join_fours(const float* codes, Index count, std::int32_t shift, std::int8_t* bytes) {
  for (Index i = 0; i < count; ++i) bytes[i] = static_cast<std::int8_t>(plane_code(codes[i], shift));
}

AIMC_VECTOR_CLONES std::uint32_t add_codes(const float* codes, Index count) {
  std::uint32_t sum = 0;
  for (Index i = 0; i < count; ++i) sum += static_cast<std::uint32_t>(static_cast<std::int32_t>(codes[i]));
  return sum;
}

AIMC_VECTOR_CLONES bool all_within(const float* codes, Index count, float largest) {
  std::int32_t beyond = 0;
  for (Index i = 0; i < count; ++i) beyond |= std::fabs(codes[i]) <= largest ? 0 : 1;
  return beyond == 0;
}

/// units [channels, count] (rows `stride` apart) -> to [count, channels] (rows `to_stride` apart).
AIMC_VECTOR_CLONES void turn(const std::uint32_t* units, Index stride, Index count, Index channels, std::uint32_t* to,
                             Index to_stride) {
  if (channels == side) {
    for (Index i = 0; i < count; ++i)
      for (Index c = 0; c < side; ++c) to[i * to_stride + c] = units[c * stride + i];
  } else {
    for (Index i = 0; i < count; ++i)
      for (Index c = 0; c < channels; ++c) to[i * to_stride + c] = units[c * stride + i];
  }
}

/// Channels that lie in one group.
void write_in_group(const PackedLayout& layout, const ChannelWeights& from, Index first, Index channels,
                    std::byte* to) {
  const Index start = first / layout.group * layout.group_stride + first % layout.group * layout.together;
  auto* units = reinterpret_cast<std::uint32_t*>(to + static_cast<std::size_t>(start) * element_bytes(layout.type));
  if (layout.together == 1) {
    turn(reinterpret_cast<const std::uint32_t*>(from.weights), from.stride, layout.in, channels, units, layout.group);
    return;
  }
  const Index count = (layout.in + layout.together - 1) / layout.together;
  auto* joined = scratch<std::uint32_t>(Scratch::joined_rows, static_cast<std::size_t>(count * channels));
  for (Index c = 0; c < channels; ++c) {
    const float* row = from.weights + c * from.stride;
    std::uint32_t* of_channel = joined + c * count;
    if (layout.in % layout.together != 0) of_channel[count - 1] = 0;
    if (layout.type == ProductType::int8) {
      join_fours(row, layout.in, shift_of(from.plane), reinterpret_cast<std::int8_t*>(of_channel));
    } else {
      join_pairs(row, layout.in / 2, of_channel);
      if (layout.in % 2 != 0) of_channel[count - 1] = std::bit_cast<std::uint32_t>(row[layout.in - 1]) >> 16;
    }
  }
  turn(joined, count, count, channels, units, layout.group);
}

}  // namespace

void write_channels(const PackedLayout& layout, const ChannelWeights& from, Index first, Index channels,
                    std::byte* to) {
  for (Index done = 0; done < channels;) {
    const Index at = first + done;
    const Index count = std::min({channels - done, layout.group - at % layout.group, side - at % side});
    write_in_group(layout, {from.weights + done * from.stride, from.stride, from.plane}, at, count, to);
    done += count;
  }
}

std::int32_t offset_of(const float* codes, Index count) {
  return static_cast<std::int32_t>(std::uint32_t{input_offset} * add_codes(codes, count));
}

bool codes_within(const float* codes, Index count, float largest) { return all_within(codes, count, largest); }

void plane_of(const float* codes, Index count, CodePlane plane, float* to) {
  for (Index i = 0; i < count; ++i)
    to[i] = static_cast<float>(static_cast<std::int8_t>(plane_code(codes[i], shift_of(plane))));
}

}  // namespace aimc::tiles
