#include "base/events/ordered_event.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/events/kernel_time.h"
#include "tests/timing/simulation.h"

namespace aimc {
namespace {

using testing::ns;
using testing::run_until;

/// Notes when its process ran.
class Listener : public sc_core::sc_module {
 public:
  struct Run {
    int listener;
    Time at;
    bool operator==(const Run&) const = default;
  };
  Listener(const sc_core::sc_module_name& name, int number, std::vector<Run>& runs)
      : sc_module(name), number_(number), runs_(runs) {
    SC_HAS_PROCESS(Listener);
    SC_METHOD(note);
    sensitive << event.event();
    dont_initialize();
  }
  OrderedEvent event;

 private:
  void note() { runs_.push_back({number_, kernel_now()}); }
  int number_;
  std::vector<Run>& runs_;
};

struct Crowd {
  explicit Crowd(int count) {
    for (int i = 0; i < count; ++i) {
      all.push_back(std::make_unique<Listener>(("listener" + std::to_string(i)).c_str(), i, runs));
    }
  }
  std::vector<Listener::Run> runs;
  std::vector<std::unique_ptr<Listener>> all;
};

TEST(OrderedEvent, OneInstantKeepsTheOrderOfAskingWhateverWasScheduledBefore) {
  Crowd crowd(40);
  std::mt19937 random(3);
  std::vector<int> order(40);
  for (int i = 0; i < 40; ++i) order[i] = i;
  for (int round = 1; round <= 20; ++round) {
    const Time at = ns(100.0 * round);
    // Some are awake at other times before.
    for (int i = 0; i < round; ++i) crowd.all[random() % 40]->event.notify_at(at - ns(1 + random() % 80));
    run_until(at - Time(1));
    crowd.runs.clear();
    std::ranges::shuffle(order, random);
    for (const int i : order) crowd.all[i]->event.notify_at(at);
    run_until(at);
    ASSERT_EQ(crowd.runs.size(), 40U);
    for (int i = 0; i < 40; ++i) EXPECT_EQ(crowd.runs[i], (Listener::Run{order[i], at}));
  }
}

TEST(OrderedEvent, AnEarlierNotificationStaysAndALaterIsWithdrawn) {
  Crowd crowd(1);
  OrderedEvent& event = crowd.all[0]->event;
  event.notify_at(ns(10));
  event.notify_at(ns(20));  // one is pending
  event.notify_at(ns(5));   // in place of the one at 10 ns
  run_until(ns(7));
  event.notify_at(ns(30));
  run_until(ns(100));
  EXPECT_EQ(crowd.runs, (std::vector<Listener::Run>{{0, ns(5)}, {0, ns(30)}}));
}

TEST(OrderedEvent, NowIsAfterTheProcessThatAsks) {
  Crowd crowd(2);
  crowd.all[0]->event.notify_at(ns(0));
  crowd.all[1]->event.notify_at(ns(0));
  run_until(ns(0));
  EXPECT_EQ(crowd.runs, (std::vector<Listener::Run>{{0, ns(0)}, {1, ns(0)}}));
}

}  // namespace
}  // namespace aimc
