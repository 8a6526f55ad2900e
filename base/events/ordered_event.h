#pragma once
#include <limits>
#include <systemc>

#include "base/units/quantity.h"

namespace aimc {

/// An event whose notifications of one instant happen in the order in which they were asked for, whatever else the
/// kernel's heap holds. Lives as long as the simulation; made before it begins.
class OrderedEvent {
 public:
  OrderedEvent();
  OrderedEvent(const OrderedEvent&) = delete;
  OrderedEvent& operator=(const OrderedEvent&) = delete;
  ~OrderedEvent() = default;

  /// Wakes the processes of the event at an absolute time, not before now. An earlier pending notification stays, a
  /// later one is withdrawn.
  void notify_at(Time at);
  /// For the sensitivity of a process.
  [[nodiscard]] const sc_core::sc_event& event() const { return event_; }

 private:
  friend class Agenda;
  static constexpr Time never{std::numeric_limits<std::int64_t>::max()};

  sc_core::sc_event event_;
  Time pending_ = never;
};

}  // namespace aimc
