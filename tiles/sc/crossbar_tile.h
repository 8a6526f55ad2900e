#pragma once
#include <algorithm>
#include <memory>
#include <vector>

#include "tiles/sc/activity_meter.h"
#include "tiles/sc/stage_calendar.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// When the stages of one crossbar tile are free: input buffer, DAC and array and ADC, affine logic, accumulator,
/// output buffer.
///
/// The stages of an MVM - load, convert, affine, send - overlap between consecutive MVMs (two input buffers, two ADC
/// output registers), so that back-to-back MVMs are one MvmTiming::period() apart. The arrays of a stack of tiers share
/// the stages: one tier at a time. Several arrays of a tile convert at the same time, each with its own buffers and
/// registers, and take turns at load, affine, accumulator and send. The accumulator adds partial sums as they arrive,
/// beside the MVM stages.
class CrossbarTile {
 public:
  CrossbarTile(const IdlePower& idle, IdlePolicy policy, int arrays = 1) : activity_(idle, policy) {
    if (arrays > 1) shared_ = std::make_unique<Shared>(Shared{{}, {}, std::vector<Array>(arrays)});
  }

  struct Span {
    Time begin, end;
  };
  /// Work has arrived: the tile wakes up. Returns when the array's next MVM could begin to load.
  Time ready(Time now, std::size_t array = 0) {
    const Time awake = activity_.wake(now);
    if (shared_) return std::max(awake, shared_->arrays[array].convert.buffer_free());
    return std::max({awake, load_free_, own_.convert.buffer_free()});
  }
  /// Takes the next MVM, whose input is there at `now`; returns when it loads and when its scaled sums exist.
  Span mvm(Time now, const MvmTiming& timing, std::size_t array = 0) {
    return shared_ ? shared_mvm(now, timing, array) : own_mvm(now, timing);
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
    Time pass(Time begin, Time duration) { return left_at(std::max(begin, last) + duration); }
    Time left_at(Time end) {
      before_last = last;
      last = end;
      return last;
    }
  };
  struct Array {
    Stage convert, affine;  // of its own MVMs
  };
  struct Shared {
    StageCalendar load, affine;
    std::vector<Array> arrays;
  };

  Span own_mvm(Time now, const MvmTiming& timing) {
    const Time begin = ready(now);
    load_free_ = begin + timing.load;
    const Time converted = own_.convert.pass(std::max(load_free_, own_.affine.buffer_free()), timing.convert);
    const Time scaled = own_.affine.pass(converted + timing.hold, timing.affine);
    activity_.occupy(begin, scaled);
    return {begin, scaled};
  }
  Span shared_mvm(Time now, const MvmTiming& timing, std::size_t index) {
    Array& array = shared_->arrays[index];
    const Time begin = shared_->load.take(now, ready(now, index), timing.load);
    const Time converted =
        array.convert.pass(std::max(begin + timing.load, array.affine.buffer_free()), timing.convert);
    const Time scaling = shared_->affine.take(now, converted + timing.hold, timing.affine);
    const Time scaled = array.affine.left_at(scaling + timing.affine);
    activity_.occupy(begin, scaled);
    return {begin, scaled};
  }

  ActivityMeter activity_;
  Time load_free_;
  Array own_;
  std::unique_ptr<Shared> shared_;  // of several arrays; load_free_ and own_ are then not used
  Time accumulator_free_, send_free_;
};

}  // namespace aimc::tiles
