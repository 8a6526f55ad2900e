// Keys of a deployment: what they mean, the name they give, and the contradictions that are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/check/error.h"
#include "sim/experiment/deployment_name.h"
#include "sim/experiment/loaded_model.h"
#include "sim/experiment/present_effects.h"
#include "tests/workloads/temporary_directory.h"

namespace aimc::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tiles::Effect;

class DeploymentKeys : public testing::Test {
 protected:
  ExperimentSpec load(const std::string& deployments) {
    const auto file = folder.path() / "experiment.yaml";
    std::ofstream(file) << "model: {path: " AIMC_SOURCE_DIR
                           "/configs/models/llama-3.2-1b}\n"
                           "hardware: hermes-64\n"
                           "deployments:\n"
                        << deployments << "\n";
    return load_experiment(file, {});
  }
  DeploymentSpec one(const std::string& deployment) { return load("  - " + deployment).deployments.at(0); }
  std::string name(const std::string& deployment) {
    const auto spec = load("  - " + deployment);
    return deployment_name(spec.deployments.at(0), spec.hardware);
  }
  std::string message(const std::string& deployment) {
    try {
      static_cast<void>(load("  - " + deployment));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }

  workloads::TemporaryDirectory folder;
};

TEST_F(DeploymentKeys, ReachTheNumbers) {
  const auto numerics = deployment_numerics(
      one("{linears: analog, noise: additive, device: {additive_sigma: 0.02, programming_scale: 2, stuck_low: 0.01, "
          "per_tile: true}, without: [output_rounding, faults], arithmetic: off_grid, kernel: fp32}"));
  EXPECT_EQ(numerics.device.model, "additive");
  EXPECT_EQ(numerics.device.additive_sigma, 0.02);
  EXPECT_EQ(numerics.device.programming_scale, 2);
  EXPECT_EQ(numerics.device.stuck_low, 0.01);
  EXPECT_TRUE(numerics.device.per_tile);
  EXPECT_EQ(numerics.effects, tiles::Effects::all().without(Effect::output_rounding).without(Effect::faults));
  EXPECT_EQ(numerics.device.effects, numerics.effects);
  EXPECT_EQ(numerics.arithmetic, tiles::CrossbarArithmetic::off_grid);
  EXPECT_EQ(numerics.kernel, tiles::CrossbarKernel::fp32);
  EXPECT_EQ(deployment_numerics(one("{linears: analog, kernel: int8}")).kernel, tiles::CrossbarKernel::int8);
}

TEST_F(DeploymentKeys, IntegersAreInCellsWhereTheDeploymentIsDigital) {
  EXPECT_TRUE(deployment_numerics(one("{linears: digital, noise: pcm}")).integers_in_cells);
  EXPECT_TRUE(deployment_numerics(one("si8-w4-hwnoise")).integers_in_cells);
  EXPECT_FALSE(deployment_numerics(one("{linears: digital}")).integers_in_cells);
  EXPECT_FALSE(deployment_numerics(one("{linears: analog, noise: pcm, units: {lm_head: digital}}")).integers_in_cells);
  // No hardware here holds integers in cells: it is not timed unless it is asked for by name.
  const auto spec = load("  - {linears: digital, noise: pcm}\n  - {linears: digital}");
  const auto graph = workloads::open_model(spec.model.path, spec.model.format).graph;
  EXPECT_EQ(timed_deployment(spec, graph), &spec.deployments[1]);
}

TEST_F(DeploymentKeys, OlderPlaceOfSigma) {
  EXPECT_EQ(deployment_numerics(one("{linears: float, noise: additive, additive_sigma: 0.03}")).device.additive_sigma,
            0.03);
  EXPECT_THAT(message("{linears: float, noise: additive, additive_sigma: 0.03, device: {additive_sigma: 0.04}}"),
              HasSubstr("leave out one"));
}

TEST_F(DeploymentKeys, OnlyTurnsAllOthersOff) {
  EXPECT_EQ(one("{noise: pcm, only: [programming_noise, output_clipping]}").effects,
            tiles::Effects::none().with(Effect::programming_noise).with(Effect::output_clipping));
  EXPECT_EQ(one("{noise: pcm, only: []}").effects, tiles::Effects::none());
  EXPECT_EQ(one("{noise: pcm}").effects, tiles::Effects::all());
}

TEST_F(DeploymentKeys, NamesSayWhatActs) {
  EXPECT_EQ(name("{noise: pcm}"), "si8-w16-hwnoise-o8");
  EXPECT_EQ(name("{noise: pcm, without: [input_rounding, input_clipping]}"), "w16-hwnoise-o8");
  EXPECT_EQ(name("{noise: pcm, only: [programming_noise]}"), "w16-analog-hwnoise");
  EXPECT_EQ(name("{noise: pcm_like, t_inference: 1 day, without: [drift]}"), "si8-w16-pcm_like-1day-o8-without_drift");
  EXPECT_EQ(name("{noise: none, device: {stuck_low: 0.01}}"), "si8-w16-ideal_stuck_low0.01-o8");
  EXPECT_EQ(name("{noise: pcm, without: [programming_noise]}"), "si8-w16-hwnoise-o8-without_programming_noise");
  EXPECT_EQ(name("{noise: pcm, only: [input_rounding, input_clipping, output_rounding, output_clipping]}"),
            "si8-w16-o8");
  EXPECT_EQ(name("{noise: pcm, only: []}"), "w16-analog");
  EXPECT_EQ(name("{without: [output_clipping]}"), "si8-w16-o8-without_output_clipping");
  EXPECT_EQ(name("{only: [output_clipping]}"), "w16-o8-only_output_clipping");
  EXPECT_EQ(name("{arithmetic: off_grid}"), "si8-w16-o8-off_grid");
  EXPECT_EQ(name("{linears: float, noise: additive, device: {additive_sigma: 0.02, programming_scale: 0.5}}"),
            "w16-additive0.02_program0.5");
  EXPECT_EQ(name("{linears: digital}"), "si8-w4");
  EXPECT_EQ(name("{linears: digital, noise: pcm}"), "si8-w4-hwnoise");
  EXPECT_EQ(name("{linears: digital, noise: pcm, digital_inputs: dynamic, units: {lm_head: float}}"),
            "di8-w4-hwnoise+lm_head-float");
  EXPECT_EQ(name("si8-w4-hwnoise"), "si8-w4-hwnoise");
}

TEST(DeploymentName, TimeAndCompensation) {
  const HardwareSpec hardware;
  DeploymentSpec deployment;
  deployment.noise = "pcm_like";
  deployment.compensation = tiles::DriftCompensation::per_tile;
  const auto at = [&](double seconds) {
    deployment.t_inference = Duration(seconds);
    return deployment_name(deployment, hardware);
  };
  EXPECT_EQ(at(86400), "si8-w16-pcm_like-1day-gdc-o8");
  EXPECT_EQ(at(3600), "si8-w16-pcm_like-1h-gdc-o8");
  EXPECT_EQ(at(90), "si8-w16-pcm_like-90s-gdc-o8");
  EXPECT_EQ(at(31536000), "si8-w16-pcm_like-1year-gdc-o8");
  deployment.compensation = tiles::DriftCompensation::per_column;
  EXPECT_EQ(at(0), "si8-w16-pcm_like-gdc_column-o8");
  deployment.noise = "/somewhere/my, cell.yaml";
  deployment.compensation = tiles::DriftCompensation::none;
  EXPECT_EQ(at(60), "si8-w16-my__cell-1min-o8");
}

TEST_F(DeploymentKeys, ContradictionsAreRefused) {
  EXPECT_THAT(message("{noise: pcm, t_inference: 1 day}"), HasSubstr("'pcm' does not change with time"));
  EXPECT_THAT(message("{noise: none, t_inference: 1 day}"), HasSubstr("does not change with time"));
  EXPECT_THAT(message("{noise: pcm, compensation: per_tile}"), HasSubstr("does not drift"));
  EXPECT_THAT(message("{only: [output_rounding], without: [input_rounding]}"), HasSubstr("leave out one of the two"));
  EXPECT_THAT(message("{without: [output_roundin]}"), HasSubstr("did you mean 'output_rounding'?"));
  EXPECT_THAT(message("{noise: pcn}"), HasSubstr("did you mean 'pcm'?"));
  EXPECT_THAT(message("{noise: reram_wan2022, t_inference: 3 h}"), HasSubstr("t_inference"));
  EXPECT_THAT(message("{noise: cells/mine.yaml}"), HasSubstr("no device file"));
  EXPECT_THAT(message("{noise: none, device: {read_scale: 2}}"), HasSubstr("names no device"));
  EXPECT_THAT(message("{noise: pcm, device: {stuck_low: 0.6, stuck_high: 0.6}}"), HasSubstr("must not exceed 1"));
  EXPECT_THAT(message("{linears: float, without: [output_rounding]}"), HasSubstr("none of its linears is analog"));
  EXPECT_THAT(message("{linears: float, arithmetic: off_grid}"), HasSubstr("no linear of this deployment is analog"));
  EXPECT_THAT(message("{arithmetic: off_grid, kernel: bf16}"), HasSubstr("fp32"));
  EXPECT_THAT(message("{arithmetic: off_grid, kernel: int8}"), HasSubstr("fp32"));
  EXPECT_THAT(message("{linears: analog, without: [output_rounding], kernel: int8}"), HasSubstr("compute in fp32"));
  EXPECT_THAT(message("{alias: si8-w16-hwnoise-o8, without: [drift]}"), HasSubstr("already says this"));
  EXPECT_THAT(message("{noise: pcm, t_inference: 1}"), HasSubstr("unit"));
}

TEST_F(DeploymentKeys, WhatNothingFeelsIsRefused) {
  EXPECT_THAT(message("{noise: pcm, only: [drift]}"), HasSubstr("has drift: the device 'pcm' has none"));
  EXPECT_THAT(message("{noise: pcm, without: [drift]}"), HasSubstr("without"));
  EXPECT_THAT(message("{noise: pcm, only: [faults]}"), HasSubstr("stuck_low"));
  EXPECT_THAT(message("{only: [ir_drop]}"), HasSubstr("hardware.tile.periphery is 0"));
  EXPECT_THAT(message("{noise: pcm, device: {drift_scale: 2}}"), HasSubstr("drift_scale: 'pcm' has no drift"));
  EXPECT_THAT(message("{noise: pcm, device: {read_scale: 0}}"), HasSubstr("read_scale: 'pcm' has no read_noise"));
  EXPECT_THAT(message("{noise: none, device: {stuck_low: 0.1, programming_scale: 3}}"),
              HasSubstr("has no programming_noise"));
  // A time or a factor of zero leaves the device what it is.
  EXPECT_EQ(message("{noise: pcm_like, only: [drift]}"), "no error");
  EXPECT_EQ(message("{noise: pcm_like, device: {read_scale: 0, drift_scale: 0, programming_scale: 0}}"), "no error");
  EXPECT_EQ(message("{noise: pcm, device: {stuck_low: 0.1}, only: [faults]}"), "no error");
}

TEST_F(DeploymentKeys, SlicedWeightsHaveTheirBitsInTheName) {
  const auto sliced = [&](const std::string& deployment) {
    static_cast<void>(load("  - " + deployment));
    return load_experiment(folder.path() / "experiment.yaml", {"hardware.tile.slicing.weight_bits=4"});
  };
  const auto spec = sliced("{noise: pcm}");
  EXPECT_EQ(deployment_name(spec.deployments[0], spec.hardware), "si8-w4-hwnoise-o8");
  try {
    static_cast<void>(sliced("si8-w16-hwnoise-o8"));
    FAIL() << "the alias names 16 bits";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("hardware.tile.slicing.weight_bits is 4"));
  }
}

TEST_F(DeploymentKeys, PresentEffectsFollowTheDeployment) {
  const auto spec = load("  - {linears: float, noise: additive}\n  - {linears: digital}\n  - {}");
  EXPECT_THAT(present_effects(spec.deployments[1], spec.hardware), ElementsAre());
  EXPECT_THAT(
      present_effects(spec.deployments[2], spec.hardware),
      ElementsAre(Effect::input_rounding, Effect::input_clipping, Effect::output_rounding, Effect::output_clipping));
  const auto of_cells = present_effects(spec.deployments[0], spec.hardware);
  EXPECT_THAT(of_cells, testing::Contains(Effect::programming_noise));
  EXPECT_THAT(of_cells, testing::Not(testing::Contains(Effect::output_rounding)));
}

TEST_F(DeploymentKeys, ResolvedFileMeansTheSame) {
  const auto spec = load(
      "  - {noise: additive, device: {additive_sigma: 0.02}, without: [output_rounding]}\n"
      "  - {noise: pcm, only: [], label: ideal}");
  const auto file = folder.path() / "resolved.yaml";
  std::ofstream(file) << spec.resolved_yaml;
  const auto again = load_experiment(file, {});
  ASSERT_EQ(again.deployments.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(deployment_name(again.deployments[i], again.hardware),
              deployment_name(spec.deployments[i], spec.hardware));
    EXPECT_EQ(again.deployments[i].effects, spec.deployments[i].effects);
  }
  const auto drifting = one("{noise: pcm_like, t_inference: 1 year, compensation: per_column}");
  EXPECT_EQ(deployment_numerics(drifting).seconds, 31536000);
  EXPECT_EQ(deployment_numerics(drifting).compensation, tiles::DriftCompensation::per_column);
  EXPECT_EQ(device_options(again.deployments[0]).additive_sigma, 0.02);
}

}  // namespace
}  // namespace aimc::sim
