#include "sim/timing/tile_bench.h"

#include <vector>

#include "base/check/check.h"
#include "sim/timing/kernel.h"
#include "tiles/sc/crossbar_tiles_module.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

class Recorder final : public tiles::JobListener {
 public:
  void job_done(const tiles::JobResult& result) override { results.push_back(result); }
  std::vector<tiles::JobResult> results;
};

/// When a result has left the tile.
Time sent(const tiles::JobResult& result) { return result.end + result.drain; }

}  // namespace

TileMeasurement measure_tile(const HardwareSpec& hardware, int mvms) {
  AIMC_CHECK(mvms >= 4, "{} MVMs are too few to measure a period", mvms);
  Kernel kernel;
  Recorder recorder;
  tiles::CrossbarTilesModule tiles("tile", hardware.tile.idle, hardware.idle_policy, tiles::JobOrder::as_given,
                                   recorder);
  const int arrays = hardware.tile.arrays;
  const tiles::TileIndex tile = tiles.add_tile(arrays);
  const tiles::MvmTiming timing = mvm_timing(hardware.tile, hardware.tile.rows, outputs_per_array(hardware.tile));
  for (int i = 0; i < mvms * arrays; ++i)
    tiles.mvm(tile, static_cast<tiles::JobId>(i), timing, true, 0, static_cast<std::uint16_t>(i % arrays));
  kernel.run();
  AIMC_CHECK(std::ssize(recorder.results) == std::int64_t{mvms} * arrays, "{} of {} MVMs came back",
             recorder.results.size(), mvms * arrays);
  // Results of the arrays may come in groups: whole rounds are measured.
  const std::size_t last = recorder.results.size() - 1, middle = last - static_cast<std::size_t>(mvms / 2 * arrays);
  const Time span = sent(recorder.results[last]) - sent(recorder.results[middle]);
  TileMeasurement measurement;
  measurement.period = Time(span.picoseconds() / static_cast<std::int64_t>(last - middle));
  measurement.latency = recorder.results.front().end - recorder.results.front().begin;
  measurement.busy = tiles.activity(tile).busy();
  return measurement;
}

}  // namespace aimc::sim
