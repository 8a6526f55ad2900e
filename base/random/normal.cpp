#include <algorithm>
#include <cstring>

#include "base/check/check.h"
#include "base/parallel/vector_clones.h"
#include "base/random/normal_kernel.h"
#include "base/random/stream.h"

namespace aimc {
namespace {

using random::normals_per_group;

// The clones differ in vector width only; the processor's best is chosen when the program starts.
AIMC_VECTOR_CLONES void fill_groups(std::uint64_t key, std::uint64_t first_group, float* out, std::int64_t groups) {
  random::fill_normal_groups(key, first_group, out, groups);
}

}  // namespace

void fill_normal(const RandomKey& key, std::uint64_t first, float* out, std::int64_t count) {
  AIMC_CHECK(count >= 0);
  float group[normals_per_group];
  while (count > 0) {
    const auto offset = static_cast<std::int64_t>(first % normals_per_group);
    const std::uint64_t index = first / normals_per_group;
    std::int64_t done = count / normals_per_group * normals_per_group;
    if (offset == 0 && done > 0) {
      fill_groups(key.bits(), index, out, done / normals_per_group);
    } else {
      done = std::min(count, normals_per_group - offset);
      fill_groups(key.bits(), index, group, 1);
      std::memcpy(out, group + offset, static_cast<std::size_t>(done) * sizeof(float));
    }
    first += static_cast<std::uint64_t>(done);
    out += done;
    count -= done;
  }
}

}  // namespace aimc
