#pragma once
#include <cstddef>

namespace aimc::tiles {

/// What a thread's scratch memory is used for; a buffer serves one purpose, so that nested users do not collide.
enum class Scratch : unsigned char {
  primitive,
  padded_input,
  padded_output,
  partial_sums,
  exact_sums,
  plane_sums,
  chunk_input,
  joined_rows,
  clean_rows,
  held_rows,
  codes,
  ranges
};
inline constexpr int scratch_count = static_cast<int>(Scratch::ranges) + 1;

/// At least `bytes` of this thread's memory for that purpose, aligned to a cache line, contents undefined. Valid until
/// the same thread asks for the same purpose again. Kept between calls: a layer of a small model takes microseconds.
void* scratch_bytes(Scratch purpose, std::size_t bytes);

/// The same for `count` values of T.
template <class T>
T* scratch(Scratch purpose, std::size_t count) {
  return static_cast<T*>(scratch_bytes(purpose, count * sizeof(T)));
}

}  // namespace aimc::tiles
