#pragma once
#include <cstddef>
#include <vector>

namespace aimc::tiles {

/// A queue that costs nothing while empty: a chip has tens of thousands of units, most of them idle (std::deque takes
/// half a kilobyte each).
template <class T>
class Fifo {
 public:
  [[nodiscard]] bool empty() const { return first_ == items_.size(); }
  [[nodiscard]] const T& front() const { return items_[first_]; }
  void push(const T& item) { items_.push_back(item); }
  T pop() {
    T item = items_[first_++];
    if (first_ == items_.size()) {
      items_.clear();
      first_ = 0;
    } else if (first_ > 64 && first_ * 2 > items_.size()) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
    return item;
  }

 private:
  std::vector<T> items_;
  std::size_t first_ = 0;
};

}  // namespace aimc::tiles
