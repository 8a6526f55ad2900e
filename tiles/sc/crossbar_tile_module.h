#pragma once
#include <systemc>

#include "tiles/sc/activity_meter.h"
#include "tiles/sc/fifo.h"
#include "tiles/sc/job.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// A crossbar tile in time: input buffer, DAC and array and ADC, affine logic, accumulator, output buffer.
///
/// The stages of an MVM - load, convert, affine, send - overlap between consecutive MVMs (two input buffers, two ADC
/// output registers), so that back-to-back MVMs are one MvmTiming::period() apart. The arrays of a stack of tiers share
/// the stages: one tier at a time. The accumulator adds partial sums as they arrive, beside the MVM stages. Jobs of a
/// stage are served in the order they are given.
class CrossbarTileModule : public sc_core::sc_module {
 public:
  CrossbarTileModule(const sc_core::sc_module_name& name, const IdlePower& idle, IdlePolicy policy,
                     JobListener& listener);

  /// An MVM whose input vector is at the tile now. `sends`: its result leaves the tile.
  void mvm(JobId job, const MvmTiming& timing, bool sends);
  /// A partial sum has arrived; adding it takes `add`. With the last one the job is done; its result takes `send` to
  /// leave (zero when it stays).
  void accumulate(JobId job, Time add, bool last, Time send);

  [[nodiscard]] const ActivityMeter& activity() const { return activity_; }
  [[nodiscard]] std::int64_t mvms() const { return mvms_; }

 private:
  struct Pending {
    JobId job;
    Time begin, end, send;
  };
  /// Two buffers before a stage: the buffer of a job is free again when the job two places earlier has left the stage.
  struct Stage {
    Time last, before_last;  // when the last two jobs leave
    [[nodiscard]] Time buffer_free() const { return before_last; }
    Time pass(Time ready, Time duration) {
      before_last = last;
      last = std::max(ready, last) + duration;
      return last;
    }
  };
  void report_due();
  void report(const Pending& pending);
  void notify_next();

  JobListener& listener_;
  ActivityMeter activity_;
  sc_core::sc_event due_;
  Time load_free_;
  Stage convert_, affine_;
  Time accumulator_free_, send_free_;
  Fifo<Pending> products_, sums_;  // results to come, each in time order
  std::int64_t mvms_ = 0;
};

}  // namespace aimc::tiles
