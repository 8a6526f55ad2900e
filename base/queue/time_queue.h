#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "base/check/check.h"
#include "base/units/quantity.h"

namespace aimc {

/// Things that are due at a time, handed out in time order, those of one time in the order they were pushed. Nothing
/// may be pushed before the time that was handed out last.
///
/// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan, J. ACM 37, 1990): bucket b > 0 holds the items whose time differs from
/// the last one in bit b - 1 and in none above. An item only ever moves to lower buckets and every move copies whole
/// buckets in order, which a binary heap of the same size pays for with cache misses and with a sequence number.
template <class T>
class TimeQueue {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// The earliest time; the queue must not be empty.
  [[nodiscard]] Time next() const { return Time(next_); }

  void push(Time at, const T& item) {
    const std::int64_t key = at.picoseconds();
    AIMC_CHECK(key >= last_, "something is due at {} ps, before {} ps", key, last_);
    put({key, item});
    ++size_;
    next_ = std::min(next_, key);
  }

  /// Takes the first item due at next().
  T pop() {
    if (taken_ == buckets_[0].size()) advance();
    T item = std::move(buckets_[0][taken_].item);
    --size_;
    if (++taken_ == buckets_[0].size()) {
      buckets_[0].clear();
      taken_ = 0;
      filled_ &= ~std::uint64_t{1};
      find_next();
    }
    return item;
  }

 private:
  struct Entry {
    std::int64_t key;
    T item;
  };
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  void put(const Entry& entry) {
    const auto bucket = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(entry.key ^ last_)));
    buckets_[bucket].push_back(entry);
    filled_ |= std::uint64_t{1} << bucket;
  }
  /// Makes next_ the last time handed out and deals its bucket anew; next_'s own items land in bucket 0.
  void advance() {
    const auto bucket = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(next_ ^ last_)));
    last_ = next_;
    filled_ &= ~(std::uint64_t{1} << bucket);
    moving_.swap(buckets_[bucket]);
    for (const Entry& entry : moving_) put(entry);
    moving_.clear();
    moving_.swap(buckets_[bucket]);
  }
  void find_next() {
    next_ = never;
    if (filled_ == 0) return;
    for (const Entry& entry : buckets_[std::countr_zero(filled_)]) next_ = std::min(next_, entry.key);
  }

  std::array<std::vector<Entry>, 64> buckets_;
  std::vector<Entry> moving_;
  std::size_t taken_ = 0, size_ = 0;  // taken_: items of bucket 0 handed out
  std::uint64_t filled_ = 0;          // bit b: bucket b holds something
  std::int64_t last_ = 0, next_ = never;
};

}  // namespace aimc
