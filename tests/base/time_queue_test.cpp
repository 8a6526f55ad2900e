#include "base/queue/time_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace aimc {
namespace {

TEST(TimeQueue, HandsOutInTimeOrderAndTiesInTheOrderPushed) {
  TimeQueue<int> queue;
  queue.push(Time(7), 1);
  queue.push(Time(3), 2);
  queue.push(Time(7), 3);
  queue.push(Time(3), 4);
  EXPECT_EQ(queue.next(), Time(3));
  EXPECT_EQ(queue.pop(), 2);
  queue.push(Time(3), 5);  // due now
  EXPECT_EQ(queue.pop(), 4);
  EXPECT_EQ(queue.pop(), 5);
  queue.push(Time(5), 6);  // before what is already there
  EXPECT_EQ(queue.next(), Time(5));
  EXPECT_EQ(queue.pop(), 6);
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 3);
  EXPECT_TRUE(queue.empty());
}

TEST(TimeQueue, ThePastIsRefused) {
  TimeQueue<int> queue;
  queue.push(Time(10), 1);
  queue.pop();
  EXPECT_THROW(queue.push(Time(9), 2), InternalError);
}

// Against a plain sorted map of lists, with pushes and pops mixed.
TEST(TimeQueue, AgreesWithASortedMap) {
  TimeQueue<int> queue;
  std::map<std::int64_t, std::vector<int>> plain;
  std::uint64_t state = 1;
  const auto draw = [&state](std::uint64_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % below;
  };
  std::int64_t now = 0;
  for (int item = 0; item < 20000; ++item) {
    const std::uint64_t reach = std::uint64_t{1} << draw(24);
    const auto at = now + static_cast<std::int64_t>(draw(reach));
    queue.push(Time(at), item);
    plain[at].push_back(item);
    for (auto pops = draw(3); pops > 0 && !plain.empty(); --pops) {
      auto& [time, items] = *plain.begin();
      ASSERT_EQ(queue.next(), Time(time));
      ASSERT_EQ(queue.pop(), items.front());
      now = time;
      items.erase(items.begin());
      if (items.empty()) plain.erase(plain.begin());
    }
  }
  for (const auto& [time, items] : plain) {
    for (const int item : items) {
      ASSERT_EQ(queue.next(), Time(time));
      ASSERT_EQ(queue.pop(), item);
    }
  }
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace aimc
