// Input ranges that the model of an adaptation brings along.
#include "sim/adapt/stored_ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/check/error.h"
#include "tests/workloads/temporary_directory.h"

namespace aimc::adapt {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Nothing but the ranges it is told, as vectors or as one row.
class Stored : public workloads::WeightSource {
 public:
  std::map<std::string, std::vector<float>> values;
  bool as_row = false;

  [[nodiscard]] std::optional<std::vector<Index>> shape(const std::string& name) const override {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    const auto count = static_cast<Index>(found->second.size());
    return as_row ? std::vector<Index>{1, count} : std::vector<Index>{count};
  }
  void read_rows(const std::string& name, const workloads::TensorShape& shape, Index first,
                 MatrixSpan to) const override {
    to = Eigen::Map<const Matrix>(values.at(name).data(), shape.rows, shape.columns).middleRows(first, to.rows());
  }
};

/// Gate and up read one vector of 20 in two row tiles, down another of 30 in three.
LinearPlan mlp_plan() {
  LinearPlan plan;
  plan.groups.resize(2);
  plan.groups[0].linears = {"gate", "up"};
  plan.groups[0].tiles = {{0, 10}, {10, 10}};
  plan.groups[1].linears = {"down"};
  plan.groups[1].tiles = {{0, 10}, {10, 10}, {20, 10}};
  for (RangeGroup& group : plan.groups)
    group.range = at::full({static_cast<Index>(group.tiles.size())}, 3.0F, at::kFloat);
  return plan;
}

Stored mlp_ranges() {
  Stored stored;
  stored.values = {{"gate.input_range", {1.5F, 4.0F}}, {"up.input_range", {2.5F, 0.5F}}, {"down.input_range", {7.0F}}};
  return stored;
}

TEST(StoredRanges, SharedEncodingsTakeTheLargerAndOneValueServesAllRowTiles) {
  const LinearPlan plan = with_stored_ranges(mlp_plan(), mlp_ranges());
  EXPECT_TRUE(at::equal(plan.groups[0].range, at::tensor({2.5F, 4.0F})));
  EXPECT_TRUE(at::equal(plan.groups[1].range, at::tensor({7.0F, 7.0F, 7.0F})));
  Stored rows = mlp_ranges();
  rows.as_row = true;
  EXPECT_TRUE(at::equal(with_stored_ranges(mlp_plan(), rows).groups[0].range, at::tensor({2.5F, 4.0F})));
}

TEST(StoredRanges, AllThatDoesNotFitIsListed) {
  Stored stored = mlp_ranges();
  stored.values.erase("gate.input_range");
  stored.values["up.input_range"] = {1.0F, 0.0F};
  stored.values["down.input_range"] = {1.0F, 2.0F};
  const std::string message =
      workloads::message_of<InputError>([&] { static_cast<void>(with_stored_ranges(mlp_plan(), stored)); });
  EXPECT_THAT(message, HasSubstr("gate.input_range is missing"));
  EXPECT_THAT(message, HasSubstr("up.input_range holds a range that is not above zero"));
  EXPECT_THAT(message, HasSubstr("down.input_range has 2 values, but this hardware cuts the linear into 3 row tiles"));
  stored.values = mlp_ranges().values;
  stored.values.erase("up.input_range");
  EXPECT_THAT(workloads::message_of<InputError>([&] { static_cast<void>(with_stored_ranges(mlp_plan(), stored)); }),
              Not(HasSubstr("gate")));
}

}  // namespace
}  // namespace aimc::adapt
