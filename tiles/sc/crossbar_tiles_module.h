#pragma once
#include <array>
#include <systemc>
#include <unordered_map>
#include <vector>

#include "base/events/ordered_event.h"
#include "base/queue/time_queue.h"
#include "tiles/sc/crossbar_tile.h"
#include "tiles/sc/fifo.h"
#include "tiles/sc/job.h"

namespace aimc::tiles {

using TileIndex = std::uint32_t;

/// The crossbar tiles of a package in time. Each tile works for itself (crossbar_tile.h); their results come out of one
/// process, whose queue is many times cheaper than an event of the kernel for each tile.
///
/// JobOrder::as_given: a tile's MVMs are served in the order given, so their times are known when they are given.
/// by_rank: MVMs wait outside the tile until its input buffer is free, and the lowest rank is taken first. Partial sums
/// are added in the order they come, always.
class CrossbarTilesModule : public sc_core::sc_module {
 public:
  CrossbarTilesModule(const sc_core::sc_module_name& name, const IdlePower& idle, IdlePolicy policy, JobOrder order,
                      JobListener& listener);

  /// One more tile of so many arrays that compute at the same time; tiles are numbered from 0.
  TileIndex add_tile(int arrays = 1);

  /// An MVM on an array of the tile, whose input vector is at the tile now. `sends`: its result leaves the tile.
  void mvm(TileIndex tile, JobId job, const MvmTiming& timing, bool sends, JobRank rank = 0, std::uint16_t array = 0);
  /// A partial sum has arrived; adding it takes `add`. With the last one the job is done; its result takes `send` to
  /// leave (zero when it stays).
  void accumulate(TileIndex tile, JobId job, Time add, bool last, Time send);

  [[nodiscard]] const ActivityMeter& activity(TileIndex tile) const { return tiles_[tile].activity(); }
  [[nodiscard]] std::int64_t mvms() const { return mvms_; }

 private:
  struct Waiting {
    JobId job;
    MvmTiming timing;
    std::uint16_t array;
    bool sends;
  };
  /// A result that will exist, or the moment an array can take the next waiting MVM.
  struct Due {
    JobId job;
    Time begin, send;
    TileIndex tile;
    std::uint16_t array;
    bool take;
  };
  using Queues = std::array<Fifo<Waiting>, job_ranks>;

  void serve(TileIndex tile, const Waiting& mvm);
  void take_next(TileIndex tile, std::uint16_t array);
  void work();
  void push(Time at, const Due& due);

  const IdlePower idle_;
  const IdlePolicy policy_;
  const JobOrder order_;
  JobListener& listener_;
  OrderedEvent due_event_;
  std::vector<CrossbarTile> tiles_;
  TimeQueue<Due> due_;
  std::unordered_map<std::uint64_t, Queues> waiting_;  // of arrays where something waits
  std::int64_t mvms_ = 0;
};

}  // namespace aimc::tiles
