// Attribution, lifetime and the page on one layer, on the small model that ships.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numeric>

#include "base/check/error.h"
#include "sim/experiment/attribution.h"
#include "sim/experiment/explain.h"
#include "sim/experiment/find_linear.h"
#include "sim/experiment/layer_view.h"
#include "sim/experiment/lifetime.h"
#include "sim/experiment/linear_probe.h"
#include "tests/workloads/temporary_directory.h"

namespace aimc::sim {
namespace {

using testing::HasSubstr;
using tiles::Effect;

const RunProgress quiet = [](const std::string&, std::int64_t, std::int64_t) {};

class Studies : public testing::Test {
 protected:
  ExperimentSpec load(const std::string& deployment, const std::vector<std::string>& overrides = {}) {
    const std::string root = AIMC_SOURCE_DIR;
    const auto file = folder.path() / "experiment.yaml";
    std::ofstream(file) << "model: {path: " << root << "/models/storyteller}\nhardware: hermes-64\ndeployments:\n  - "
                        << deployment << "\naccuracy:\n  task: " << root
                        << "/configs/tasks/storyteller.yaml\n  text_limit: 1\n  seeds: 2\n  calibration_text: " << root
                        << "/models/storyteller/calibration.txt\n  calibration_texts: 4\n"
                        << "workload: {prompt_tokens: 6, new_tokens: 3}\n";
    return load_experiment(file, overrides);
  }
  template <class Call>
  std::string message(const Call& call) {
    try {
      call();
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }

  workloads::TemporaryDirectory folder;
};

TEST_F(Studies, TheDominantEffectComesFirst) {
  const auto noisy = attribute(load("{linears: analog, noise: additive, additive_sigma: 0.15}"), {.seeds = 1}, quiet);
  EXPECT_EQ(noisy.effects.front().effect, Effect::programming_noise);
  EXPECT_THAT(advice(noisy), HasSubstr("Spend on programming_noise first"));
  const auto coarse =
      attribute(load("{linears: analog, noise: additive, additive_sigma: 0.005}", {"hardware.tile.adc.bits=4"}),
                {.seeds = 1}, quiet);
  EXPECT_EQ(coarse.effects.front().effect, Effect::output_rounding);
  EXPECT_GT(coarse.effects.front().alone.mean, 0.1);
}

TEST_F(Studies, AttributionAddsUp) {
  const auto r = attribute(load("{linears: analog, noise: pcm}"), {}, quiet);
  EXPECT_EQ(r.effects.size(), 5U);  // four of the converters, one of the device
  EXPECT_EQ(r.seeds, 2);
  EXPECT_NEAR(r.together.mean, r.with_effects.mean - r.without_effects.mean, 1e-12);
  double sum = 0;
  for (const auto& cost : r.effects) sum += cost.alone.mean;
  EXPECT_NEAR(r.together.mean, sum + r.interaction(), 1e-12);
  EXPECT_TRUE(std::ranges::is_sorted(r.effects, std::greater<>(), [](const auto& c) { return c.saving.mean; }));
  EXPECT_GT(r.together.mean, 0);
  EXPECT_NEAR(r.without_effects.mean, r.reference.mean, 0.02);
  EXPECT_EQ(r.without_effects.values.size(), 1U);  // nothing random is left
}

TEST_F(Studies, OneEffectAloneIsTheWhole) {
  const auto r = attribute(load("{linears: analog, noise: pcm, only: [output_rounding]}"), {}, quiet);
  ASSERT_EQ(r.effects.size(), 1U);
  EXPECT_EQ(r.effects.front().alone.mean, r.together.mean);
  EXPECT_EQ(r.effects.front().saving.mean, r.together.mean);
  EXPECT_EQ(r.interaction(), 0);
}

TEST_F(Studies, NothingToAttributeIsAnError) {
  EXPECT_THAT(message([&] { static_cast<void>(attribute(load("{linears: digital}"), {}, quiet)); }),
              HasSubstr("no non-ideality"));
  EXPECT_THAT(message([&] { static_cast<void>(attribute(load("{linears: analog}"), {.deployment = "x"}, quiet)); }),
              HasSubstr("there are: si8-w16-o8"));
}

TEST_F(Studies, CompensationHelpsAndIsCounted) {
  LifetimeOptions options;
  options.study.seeds = 1;
  options.seconds = {1, 365 * 86400.0};
  options.device = "pcm_like";
  const auto r = live(load("{linears: analog, noise: pcm, label: chip}"), options, quiet);
  EXPECT_EQ(r.deployment, "si8-w16-pcm_like-o8");  // the label said pcm
  const auto file = folder.path() / "resolved.yaml";
  std::ofstream(file) << r.resolved_yaml;
  const auto again = load_experiment(file, {});
  ASSERT_EQ(again.deployments.size(), 1U);
  EXPECT_EQ(again.deployments[0].noise, "pcm_like");
  EXPECT_EQ(again.deployments[0].label, "");
  ASSERT_EQ(r.series.size(), 3U);
  const auto& [none, tile, column] = std::tie(r.series[0], r.series[1], r.series[2]);
  EXPECT_GT(none.losses[1].mean, none.losses[0].mean + 0.05);  // a year of drift hurts
  EXPECT_LT(tile.losses[1].mean, 0.5 * none.losses[1].mean);
  EXPECT_LT(column.losses[1].mean, none.losses[1].mean);
  EXPECT_EQ(none.compensation_reads, 0);
  EXPECT_GT(tile.compensation_reads, 0);
  EXPECT_EQ(none.values[0].values.size(), 1U);
}

TEST_F(Studies, ADeviceWithoutDriftIsRefused) {
  const std::string said = message([&] { static_cast<void>(live(load("{linears: analog, noise: pcm}"), {}, quiet)); });
  EXPECT_THAT(said, HasSubstr("'pcm' does not change with time"));
  EXPECT_THAT(said, HasSubstr("pcm_like"));
  EXPECT_THAT(message([&] {
                static_cast<void>(live(load("{linears: float, noise: pcm_like}", {}),
                                       {.study = {.deployment = "w16-pcm_like"}}, quiet));
              }),
              HasSubstr("analog linears"));
}

TEST_F(Studies, AnExplanationCountsEverything) {
  const auto spec = load("{linears: analog, noise: pcm}");
  const Explanation e = explain(spec, {.layer = "3.down_proj", .deployment = {}, .token = {}, .tokens = 20});
  EXPECT_EQ(e.linear, "model.layers.3.mlp.down_proj");
  EXPECT_EQ(e.in, 512);
  ASSERT_EQ(e.tiles.size(), 2U);
  const auto total = [](const Histogram& h) { return std::accumulate(h.bins.begin(), h.bins.end(), std::int64_t{0}); };
  for (const auto& tile : e.tiles) {
    EXPECT_EQ(total(tile.inputs), 20 * tile.rows);
    EXPECT_EQ(total(tile.codes), 20 * e.out);
    EXPECT_GE(tile.lowest_code, -127);
    EXPECT_GT(tile.highest_code, 0);
  }
  EXPECT_EQ(total(e.weights), e.in * e.out);
  EXPECT_GT(e.held_beyond, 0);  // channel maxima get noise like all others
  EXPECT_LT(e.held_beyond, 0.02);
  double shares = 0;
  EXPECT_TRUE(std::ranges::any_of(e.effects, [](const auto& cause) { return cause.cause == "weights"; }));
  for (const auto& effect : e.effects) {
    shares += effect.power_share;
    EXPECT_GE(effect.sqnr_db, e.sqnr_db);  // one alone is not worse than all
  }
  EXPECT_NEAR(shares, 1, 1e-9);
  EXPECT_EQ(e.cost.mvms, 2 * (6 + 3 - 1));  // two arrays; the last token is sampled, not run
  EXPECT_GT(e.cost.per_token_s, 0);
  EXPECT_LT(e.cost.energy_j, e.cost.dynamic_j);
}

TEST_F(Studies, AnExplanationAgreesWithTheLayerView) {
  const auto spec = load("{linears: analog, noise: pcm}", {"accuracy.layer_tokens=20"});
  const Explanation e = explain(spec, {.layer = "lm_head", .deployment = {}, .token = {}, .tokens = 20});
  const LoadedModel loaded = load_model(spec.model);
  const Program program = map_deployment(loaded.model.graph, spec, spec.deployments[0]);
  const DeploymentPlan plan{"chip", &program, deployment_numerics(spec.deployments[0]),
                            deployment_ranges(spec, loaded, spec.deployments[0], program), kv_bits_of(program)};
  LinearStore linears(*loaded.model.weights);
  const LayerView view = view_layers(spec, loaded, linears, plan);
  ASSERT_EQ(view.linears.back().linear, "lm_head");
  EXPECT_NEAR(view.linears.back().quality.sqnr_db, e.sqnr_db, 1e-9);
  EXPECT_NEAR(view.linears.back().quality.dac_clip_rate, e.tiles[0].clipped, 1e-12);
}

TEST_F(Studies, AnExplanationKnowsStuckCellsOfIdealOnes) {
  const auto spec = load("{linears: analog, device: {stuck_high: 0.2}}");
  const LoadedModel loaded = load_model(spec.model);
  const Program program = map_deployment(loaded.model.graph, spec, spec.deployments[0]);
  const DeploymentPlan plan{"chip", &program, deployment_numerics(spec.deployments[0]),
                            deployment_ranges(spec, loaded, spec.deployments[0], program), kv_bits_of(program)};
  const std::vector<TokenId> tokens{1, 2, 3};
  const LinearProbe probe(plan, loaded, find_linear(loaded.model.graph, "0.q_proj").id, {tokens, 0, 3}, spec.seed);
  const double changed = (probe.held().array() != probe.weights().array()).cast<double>().mean();
  EXPECT_GT(changed, 0.1);
  EXPECT_LT(changed, 0.5);  // one or both of a pair, each with 0.2
}

TEST_F(Studies, AnExplanationShowsNoCodesOfPartsOfAnOutput) {
  const auto spec = load("{linears: analog}", {"hardware.tile.periphery.mode=bit_wise"});
  const Explanation e = explain(spec, {.layer = "0.q_proj", .deployment = {}, .token = {}, .tokens = 4});
  EXPECT_EQ(e.no_codes, "an output is put together from 7 passes, 7 conversions and 1 slice");
  EXPECT_TRUE(e.tiles[0].codes.bins.empty());
  EXPECT_FALSE(e.tiles[0].inputs.bins.empty());
}

TEST_F(Studies, ATokenHasItsText) {
  const auto spec = load("{linears: analog}");
  const Explanation e = explain(spec, {.layer = "0.q_proj", .deployment = {}, .token = 3, .tokens = 4});
  EXPECT_EQ(e.tokens, 1);
  EXPECT_FALSE(e.token_text.empty());
  EXPECT_FALSE(e.text_before.empty());
}

TEST_F(Studies, LargeModelsTakeFewerProbeTokens) {
  const auto tokens = [](const char* model) {
    const auto graph =
        workloads::open_model(std::string(AIMC_SOURCE_DIR) + model, workloads::ModelFormat::hugging_face).graph;
    std::size_t linears = 0;
    for (const auto& node : graph.nodes) linears += std::holds_alternative<workloads::LinearOp>(node.op) ? 1 : 0;
    return layer_view_tokens(128, graph, linears);
  };
  EXPECT_EQ(tokens("/models/storyteller"), 128);
  EXPECT_EQ(tokens("/configs/models/llama-3.2-1b/config.json"), 14);  // 113 linears x 1.236 G a token: 2e12 / 1.397e11
  EXPECT_EQ(tokens("/configs/models/phi-3-mini/config.json"), 8);
}

TEST_F(Studies, LinearsByShortName) {
  const auto graph =
      workloads::open_model(AIMC_SOURCE_DIR "/models/storyteller", workloads::ModelFormat::hugging_face).graph;
  EXPECT_EQ(find_linear(graph, "3.q_proj").name, "model.layers.3.self_attn.q_proj");
  EXPECT_EQ(find_linear(graph, "layers.0.mlp.up_proj").name, "model.layers.0.mlp.up_proj");
  EXPECT_EQ(find_linear(graph, "lm_head").name, "lm_head");
  const auto said = [&](const char* name) { return message([&] { static_cast<void>(find_linear(graph, name)); }); };
  EXPECT_THAT(said("q_proj"), HasSubstr("fits 5 linears: 0.q_proj, 1.q_proj"));
  EXPECT_THAT(said("3.qproj"), HasSubstr("did you mean '3.q_proj'?"));
  EXPECT_THAT(said("9.q_proj"), HasSubstr("there is no linear '9.q_proj'"));
  EXPECT_THAT(said(""), HasSubstr("there is no linear"));
}

}  // namespace
}  // namespace aimc::sim
