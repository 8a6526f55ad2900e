#pragma once
#include <algorithm>

#include "tiles/sc/activity_meter.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// When the stages of one crossbar tile are free: input buffer, DAC and array and ADC, affine logic, accumulator,
/// output buffer.
///
/// The stages of an MVM - load, convert, affine, send - overlap between consecutive MVMs (two input buffers, two ADC
/// output registers), so that back-to-back MVMs are one MvmTiming::period() apart. The arrays of a stack of tiers share
/// the stages: one tier at a time. The accumulator adds partial sums as they arrive, beside the MVM stages.
class CrossbarTile {
 public:
  CrossbarTile(const IdlePower& idle, IdlePolicy policy) : activity_(idle, policy) {}

  struct Span {
    Time begin, end;
  };
  /// Work has arrived: the tile wakes up. Returns when the next MVM could begin to load.
  Time ready(Time now) { return std::max({activity_.wake(now), load_free_, convert_.buffer_free()}); }
  /// Takes the next MVM, whose input is there at `now`; returns when it loads and when its scaled sums exist.
  Span mvm(Time now, const MvmTiming& timing) {
    const Time begin = ready(now);
    load_free_ = begin + timing.load;
    const Time converted = convert_.pass(std::max(load_free_, affine_.buffer_free()), timing.convert);
    const Time scaled = affine_.pass(converted, timing.affine);
    activity_.occupy(begin, scaled);
    return {begin, scaled};
  }
  /// Adds a partial sum that has arrived.
  Span accumulate(Time now, Time add) {
    const Time begin = std::max(activity_.wake(now), accumulator_free_);
    accumulator_free_ = begin + add;
    activity_.occupy(begin, accumulator_free_);
    return {begin, accumulator_free_};
  }
  /// Puts a result into the output buffer now; returns when it has left it.
  Time send(Time now, Time length) {
    send_free_ = std::max(send_free_, now) + length;
    activity_.occupy(now, send_free_);
    return send_free_;
  }

  [[nodiscard]] const ActivityMeter& activity() const { return activity_; }

 private:
  /// Two buffers before a stage: the buffer of a job is free again when the job two places earlier has left the stage.
  struct Stage {
    Time last, before_last;  // when the last two jobs leave
    [[nodiscard]] Time buffer_free() const { return before_last; }
    Time pass(Time begin, Time duration) {
      before_last = last;
      last = std::max(begin, last) + duration;
      return last;
    }
  };
  ActivityMeter activity_;
  Time load_free_;
  Stage convert_, affine_;
  Time accumulator_free_, send_free_;
};

}  // namespace aimc::tiles
