#include "base/events/ordered_event.h"

#include "base/events/kernel_time.h"
#include "base/queue/time_queue.h"

namespace aimc {

/// All notifications to come. One for the whole simulation, as the kernel itself is.
class Agenda : public sc_core::sc_module {
 public:
  static Agenda& instance() {
    static Agenda& agenda = *new Agenda("agenda");  // the kernel's own objects may go first when a program ends
    return agenda;
  }

  void add(OrderedEvent& event, Time at) {
    const bool first = entries_.empty() || at < entries_.next();
    entries_.push(at, &event);
    if (first) alarm_.set();
  }

 private:
  /// Wakes the agenda for its next entry: set once, when all processes of the moment have run. Set by each of them, it
  /// would leave a withdrawn notification in the kernel's heap nearly every time.
  class Alarm : public sc_core::sc_prim_channel {
   public:
    explicit Alarm(Agenda& agenda) : sc_prim_channel("alarm"), agenda_(agenda) {}
    void set() { request_update(); }
    sc_core::sc_event rings;

   private:
    void update() override {
      if (agenda_.entries_.empty()) return;
      const Time delay = agenda_.entries_.next() - kernel_now();
      rings.notify(sc_core::sc_time::from_value(static_cast<sc_core::sc_time::value_type>(delay.picoseconds())));
    }
    Agenda& agenda_;
  };

  explicit Agenda(const sc_core::sc_module_name& name) : sc_module(name), alarm_(*this) {
    SC_HAS_PROCESS(Agenda);
    SC_METHOD(notify_due);
    sensitive << alarm_.rings;
    dont_initialize();
  }

  void notify_due() {
    const Time now = kernel_now();
    while (!entries_.empty() && entries_.next() <= now) {
      OrderedEvent& event = *entries_.pop();
      if (event.pending_ != now) continue;  // withdrawn
      event.pending_ = OrderedEvent::never;
      event.event_.notify();  // its processes run after this one, in this order
    }
    alarm_.set();
  }

  TimeQueue<OrderedEvent*> entries_;
  Alarm alarm_;
};

OrderedEvent::OrderedEvent() { Agenda::instance(); }

void OrderedEvent::notify_at(Time at) {
  if (pending_ <= at) return;
  pending_ = at;
  Agenda::instance().add(*this, at);
}

}  // namespace aimc
