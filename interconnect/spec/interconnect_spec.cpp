#include "interconnect/spec/interconnect_spec.h"

#include "base/check/check.h"

namespace aimc::interconnect {

Grid square_grid(std::int64_t places) {
  AIMC_CHECK(places > 0, "a grid of {} places", places);
  Grid grid;
  while (std::int64_t{grid.width} * grid.width < places) ++grid.width;
  grid.height = static_cast<int>((places + grid.width - 1) / grid.width);
  return grid;
}

}  // namespace aimc::interconnect
