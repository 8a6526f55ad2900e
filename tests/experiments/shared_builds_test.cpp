// What the deployments of one run share must be what each would have found alone.
#include <gtest/gtest.h>

#include "sim/experiment/loaded_model.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

/// Random weights, and the one input range 1.5 for every linear.
class WeightsWithRanges : public test::RandomWeights {
 public:
  [[nodiscard]] std::optional<std::vector<Index>> shape(const std::string& name) const override {
    if (name.ends_with(".input_range")) return std::vector<Index>{1};
    return std::nullopt;
  }
  void read_rows(const std::string& name, const workloads::TensorShape& shape, Index first,
                 MatrixSpan to) const override {
    if (name.ends_with(".input_range")) {
      to.setConstant(1.5F);
    } else {
      test::RandomWeights::read_rows(name, shape, first, to);
    }
  }
};

TEST(SharedBuilds, RangesAreThoseOfTheLinearsThatHaveThem) {
  ExperimentSpec spec;
  spec.accuracy.calibration.method = CalibrationMethod::checkpoint;
  LoadedModel loaded;
  loaded.model.graph = workloads::build_graph(test::tiny_config());
  loaded.model.weights = std::make_shared<WeightsWithRanges>();
  // Arrays so tall that no linear is cut: only its unit tells the head of the two programs apart.
  const Program all = test::make_program(loaded.model.graph, LinearUnit::analog, 512, 512);
  Program but_head = all;
  but_head.linears.back().unit = LinearUnit::floating_point;
  const NodeId head = all.linears.back().linear;
  SharedBuilds builds(spec, loaded, std::int64_t{1} << 30);
  const DeploymentSpec deployment;
  EXPECT_EQ(builds.ranges(deployment, but_head).count(head), 0U);
  ASSERT_EQ(builds.ranges(deployment, all).count(head), 1U);
  EXPECT_EQ(builds.ranges(deployment, all).at(head), std::vector<float>{1.5F});
  // What the checks of a linear would stop: building needs a range for each linear on arrays.
  EXPECT_EQ(builds.linears().build(all, {}, builds.ranges(deployment, all), 0).size(), all.linears.size());
}

}  // namespace
}  // namespace aimc::sim
