#include "sim/adapt/dropout.h"

#include <cmath>
#include <vector>

#include "base/parallel/parallel.h"

namespace aimc::adapt {

at::Tensor dropout(const at::Tensor& x, double share, const RandomKey& key, std::int64_t first_row) {
  constexpr int levels = 256;
  constexpr std::int64_t alignment = 16;  // of a stream's bytes
  const int dropped = static_cast<int>(std::lround(share * levels));
  const float scale = static_cast<float>(levels) / static_cast<float>(levels - dropped);
  const std::int64_t rows = x.size(0), columns = x.size(1);
  const std::int64_t stride = (columns + alignment - 1) / alignment * alignment;
  at::Tensor factors = at::empty({rows, columns}, at::kFloat);
  auto* out = factors.data_ptr<float>();
  const auto draw_row = [&](std::int64_t row) {
    std::vector<std::uint8_t> draws(static_cast<std::size_t>(columns));
    fill_bytes(key, static_cast<std::uint64_t>((first_row + row) * stride), draws.data(), columns);
    for (std::int64_t c = 0; c < columns; ++c)
      out[row * columns + c] = draws[static_cast<std::size_t>(c)] < dropped ? 0.0F : scale;
  };
  parallel_for(rows, draw_row, OnInterrupt::finish);
  return x * factors.to(x.device());
}

}  // namespace aimc::adapt
