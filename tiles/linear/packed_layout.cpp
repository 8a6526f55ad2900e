#include "tiles/linear/packed_layout.h"

#include <algorithm>
#include <bit>

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
void write_in_group(const PackedLayout& layout, const float* weights, Index stride, Index first, Index channels,
                    std::byte* to) {
  const Index start = first / layout.group * layout.group_stride + first % layout.group * layout.together;
  auto* units = reinterpret_cast<std::uint32_t*>(to + static_cast<std::size_t>(start) * element_bytes(layout.type));
  if (layout.together == 1) {
    turn(reinterpret_cast<const std::uint32_t*>(weights), stride, layout.in, channels, units, layout.group);
    return;
  }
  const Index pairs = (layout.in + 1) / 2;
  auto* joined = scratch<std::uint32_t>(Scratch::joined_rows, static_cast<std::size_t>(pairs * channels));
  for (Index c = 0; c < channels; ++c) {
    const float* row = weights + c * stride;
    join_pairs(row, layout.in / 2, joined + c * pairs);
    if (layout.in % 2 != 0) joined[(c + 1) * pairs - 1] = std::bit_cast<std::uint32_t>(row[layout.in - 1]) >> 16;
  }
  turn(joined, pairs, pairs, channels, units, layout.group);
}

}  // namespace

void write_channels(const PackedLayout& layout, const float* weights, Index stride, Index first, Index channels,
                    std::byte* to) {
  for (Index done = 0; done < channels;) {
    const Index at = first + done;
    const Index count = std::min({channels - done, layout.group - at % layout.group, side - at % side});
    write_in_group(layout, weights + done * stride, stride, at, count, to);
    done += count;
  }
}

}  // namespace aimc::tiles
