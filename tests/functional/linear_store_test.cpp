// What the store keeps is read once and has the same bits as what is built anew.
#include "sim/functional/linear_store.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "sim/functional/source_rows.h"
#include "sim/functional/streamed_linear.h"
#include "tests/functional/tiny_model.h"
#include "tiles/linear/float_linear.h"

namespace aimc::sim {
namespace {

using test::largest_difference;
using test::make_program;
using test::some_tokens;

/// Counts the rows that are read of each tensor.
class CountedWeights : public test::RandomWeights {
 public:
  void read_rows(const std::string& name, const workloads::TensorShape& shape, Index first,
                 MatrixSpan to) const override {
    test::RandomWeights::read_rows(name, shape, first, to);
    const std::scoped_lock lock(mutex_);
    rows_[name] += to.rows();
  }
  [[nodiscard]] Index rows(const std::string& name) const { return rows_[name + ".weight"]; }

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::string, Index> rows_;
};

class Store : public ::testing::Test {
 protected:
  Store() : graph(workloads::build_graph(test::tiny_config())), shared(read_shared_tensors(graph, weights)) {}

  Program program(LinearUnit unit, LinearUnit head) {
    Program made = make_program(graph, unit, 10, 12);
    LinearPlacement& last = made.linears.back();
    if (head != unit) last = make_program(graph, head, 10, 12).linears.back();
    made.hardware.digital.input_range = tiles::InputRangeMode::dynamic_range;
    made.hardware.tile.input.range = tiles::InputRangeMode::dynamic_range;
    return made;
  }
  Matrix logits(const Program& of, const LinearSet& linears) {
    const FunctionalExecutor executor(of, shared, linears, 32);
    Sequence sequence = executor.new_sequence(static_cast<Index>(ids.size()));
    return executor.forward(ids, sequence, LogitsFor::every_token);
  }

  CountedWeights weights;
  workloads::Graph graph;
  SharedTensors shared;
  std::vector<TokenId> ids = some_tokens(9, 32);
  const std::string layer = "model.layers.1.mlp.up_proj", head = "lm_head";
};

const DeploymentNumerics noisy{.device = {.model = "pcm"}};

TEST_F(Store, TenSeedsReadUnchangedLinearsOnce) {
  LinearStore store(weights);
  const Program mixed = program(LinearUnit::analog, LinearUnit::digital);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Matrix kept = logits(mixed, store.build(mixed, noisy, {}, seed));
    if (seed == 0 || seed == 9) {
      EXPECT_EQ(largest_difference(kept, logits(mixed, build_linears(mixed, weights, noisy, {}, seed))), 0);
    }
  }
  EXPECT_EQ(weights.rows(head), 32 * (1 + 2));    // the store once, the two built anew
  EXPECT_EQ(weights.rows(layer), 24 * (10 + 2));  // every seed programs it
}

TEST_F(Store, IdealAnalogAndFloatServeEveryDeployment) {
  LinearStore store(weights);
  const Program analog = program(LinearUnit::analog, LinearUnit::analog);
  const Program floating = program(LinearUnit::floating_point, LinearUnit::floating_point);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    static_cast<void>(store.build(analog, {}, {}, seed));
    static_cast<void>(store.build(floating, {}, {}, seed));
    static_cast<void>(store.build_float(analog));
  }
  EXPECT_EQ(weights.rows(layer), 24 * 2);
}

TEST_F(Store, OtherOptionsAreOtherLinears) {
  LinearStore store(weights);
  Program analog = program(LinearUnit::analog, LinearUnit::analog);
  const Matrix eight = logits(analog, store.build(analog, {}, {}, 0));
  const auto differs = [&](const Program& of, const DeploymentNumerics& numerics) {
    const Matrix values = logits(of, store.build(of, numerics, {}, 0));
    EXPECT_EQ(largest_difference(values, logits(of, build_linears(of, weights, numerics, {}, 0))), 0);
    return largest_difference(values, eight) > 0;
  };
  EXPECT_TRUE(differs(analog, {.arithmetic = tiles::CrossbarArithmetic::off_grid}));
  Program six = analog;
  six.hardware.tile.adc.bits = 6;
  EXPECT_TRUE(differs(six, {}));
  EXPECT_FALSE(differs(analog, {}));
}

TEST_F(Store, StaticRangesAreOptionsToo) {
  LinearStore store(weights);
  Program analog = program(LinearUnit::analog, LinearUnit::analog);
  analog.hardware.tile.input.range = tiles::InputRangeMode::static_range;
  InputRanges ranges;
  for (const auto& placement : analog.linears) ranges[placement.linear].assign(placement.row_tiles.size(), 3.0F);
  const Matrix wide = logits(analog, store.build(analog, {}, ranges, 0));
  for (auto& [linear, values] : ranges) values.assign(values.size(), 0.5F);
  const Matrix narrow = logits(analog, store.build(analog, {}, ranges, 0));
  EXPECT_GT(largest_difference(wide, narrow), 0);
  EXPECT_EQ(largest_difference(narrow, logits(analog, build_linears(analog, weights, {}, ranges, 0))), 0);
}

TEST_F(Store, ActivityAddsUpOverPasses) {
  Program analog = program(LinearUnit::analog, LinearUnit::analog);
  analog.hardware.tile.input.range = tiles::InputRangeMode::static_range;
  const auto activity = [&](float range, int passes) {
    InputRanges ranges;
    for (const auto& placement : analog.linears) ranges[placement.linear].assign(placement.row_tiles.size(), range);
    const LinearSet linears = build_linears(analog, weights, {}, ranges, 0);
    const FunctionalExecutor executor(analog, shared, linears, 32);
    for (int i = 0; i < passes; ++i) {
      Sequence sequence = executor.new_sequence(static_cast<Index>(ids.size()));
      executor.forward(ids, sequence, LogitsFor::every_token);
    }
    return executor.activity();
  };
  EXPECT_EQ(activity(1000, 1).dac_clipped, 0);
  const auto once = activity(0.1F, 1), thrice = activity(0.1F, 3);
  const Index inputs = 9 * (2 * (6 * 16 + 24) + 16);  // an input counts once, however many column tiles convert it
  EXPECT_GT(2 * once.dac_clipped, inputs);
  EXPECT_LE(once.dac_clipped, inputs);
  EXPECT_EQ(thrice.dac_clipped, 3 * once.dac_clipped);
  EXPECT_EQ(thrice.mvms, 3 * once.mvms);
}

TEST_F(Store, KeepsNoMoreThanItMay) {
  constexpr std::int64_t limit = 5000;  // of 4 x 6656 bytes in float
  LinearStore store(weights, limit);
  const Program digital = program(LinearUnit::digital, LinearUnit::digital);
  const Matrix first = logits(digital, store.build(digital, {}, {}, 0));
  EXPECT_LE(store.kept_bytes(), limit);
  EXPECT_GT(store.kept_bytes(), 0);
  EXPECT_EQ(largest_difference(first, logits(digital, store.build(digital, {}, {}, 1))), 0);
}

TEST_F(Store, FloatsBeyondTheLimitAreStreamedWithTheSameBits) {
  LinearStore tight(weights, 100), wide(weights);
  const Program floating = program(LinearUnit::floating_point, LinearUnit::floating_point);
  EXPECT_EQ(largest_difference(logits(floating, tight.build(floating, {}, {}, 0)),
                               logits(floating, wide.build(floating, {}, {}, 0))),
            0);
  EXPECT_EQ(tight.kept_bytes(), 0);
}

TEST(StreamedLinear, SameBitsAsPacked) {
  const test::RandomWeights weights;
  for (const auto& [out, in] : {std::pair<Index, Index>{1700, 64}, {600, 288}, {1100, 1000}}) {
    const SourceRows rows(weights, "w", {out, in});
    const auto streamed = make_streamed_linear(rows);
    const auto packed = tiles::make_float_linear(read_all(rows));
    Matrix x(5, in), a(5, out), b(5, out);
    fill_normal(RandomKey(3), 0, x.data(), x.size());
    tiles::LinearCounts counts;
    streamed->forward(x, a, counts);
    packed->forward(x, b, counts);
    EXPECT_EQ(largest_difference(a, b), 0) << out << " x " << in;
    EXPECT_NEAR(a(4, out - 1), x.row(4).dot(weights.read("w", out, in).row(out - 1)), 1e-4);
  }
}

}  // namespace
}  // namespace aimc::sim
