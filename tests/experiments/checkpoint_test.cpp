// Deployments that name a checkpoint of their own: the same numbers as an experiment on that checkpoint, its ranges and
// its name; what does not fit is refused.
#include "sim/experiment/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "sim/experiment/attribution.h"
#include "sim/experiment/deployment_name.h"
#include "sim/experiment/run_experiment.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/model/safetensors_writer.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const RunProgress quiet = [](const std::string&, std::int64_t, std::int64_t) {};
const fs::path storyteller = AIMC_SOURCE_DIR "/models/storyteller";

class Checkpoints : public testing::Test {
 protected:
  Checkpoints() {
    fs::create_directory(adapted());
    for (const char* name : {"config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"})
      fs::copy_file(storyteller / name, adapted() / name);
  }
  [[nodiscard]] fs::path adapted() const { return folder.path() / "adapted"; }

  /// Every tensor of storyteller a little changed, the embedding and the gains, too; with `ranges`, one input range of
  /// each linear (two for down_proj, which two row tiles of 256 read).
  void write_weights(bool ranges, bool untied = false) const {
    const auto model = workloads::open_model(storyteller, workloads::ModelFormat::hugging_face);
    std::vector<workloads::NamedTensor> tensors;
    for (const auto& [name, rows, columns] : workloads::required_tensors(model.graph)) {
      if (name == "lm_head.weight" && !untied) continue;  // tied
      Matrix values = model.weights->read(name, rows, columns);
      values.array() *= 1 + 0.02F * static_cast<float>(name.size() % 7);
      values(0, 0) += 0.01F;
      tensors.push_back({name, values, rows == 1, workloads::StoredType::f32});
    }
    for (const auto& node : model.graph.nodes) {
      if (!ranges || !std::holds_alternative<workloads::LinearOp>(node.op)) continue;
      const bool wide = node.name.ends_with("down_proj");
      Matrix values = Matrix::Constant(1, wide ? 2 : 1, wide ? 6.0F : 4.0F);
      values(0, 0) += 0.5F;
      tensors.push_back({node.name + ".input_range", values, true, workloads::StoredType::f32});
    }
    workloads::write_safetensors(adapted() / "model.safetensors", tensors);
  }

  ExperimentSpec load(const fs::path& model, const std::string& deployments,
                      const std::vector<std::string>& overrides = {}, bool text = true) const {
    const auto file = folder.path() / "experiment.yaml";
    const std::string root = AIMC_SOURCE_DIR;
    std::ofstream(file) << "model: {path: " << model.string() << "}\nhardware: hermes-64\ndeployments:\n"
                        << deployments << "accuracy:\n  task: " << root
                        << "/configs/tasks/storyteller.yaml\n  text_limit: 1\n  choice_limit: 2\n  seeds: 2\n"
                        << "  layer_tokens: 0\n"
                        << (text ? "  calibration_text: " + root + "/models/storyteller/calibration.txt\n" : "")
                        << "  calibration_texts: 2\n"
                        << "workload: {prompt_tokens: 6, new_tokens: 3, deployment: float}\n";
    return load_experiment(file, overrides);
  }
  static std::vector<DeploymentAccuracy> accuracies(const ExperimentSpec& spec) {
    return run_experiment(spec, quiet).accuracy.deployments;
  }
  /// What comes of a run of the model beside a deployment of the checkpoint.
  [[nodiscard]] std::string message(const std::string& more = "") const {
    try {
      static_cast<void>(accuracies(load(storyteller, "  - {linears: float, label: float}\n  - {linears: digital, " +
                                                         more + "checkpoint: adapted, label: other}\n")));
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "no error";
  }
  void edit_config(const std::string& from, const std::string& to) const {
    std::string text = read_text_file(adapted() / "config.json");
    const auto place = text.find(from);
    ASSERT_NE(place, std::string::npos) << from;
    std::ofstream(adapted() / "config.json") << text.replace(place, from.size(), to);
  }

  workloads::TemporaryDirectory folder;
};

void expect_same(const DeploymentAccuracy& a, const DeploymentAccuracy& b) {
  EXPECT_EQ(a.bits_per_character.values, b.bits_per_character.values) << a.name;
  EXPECT_EQ(a.choice_accuracy.values, b.choice_accuracy.values) << a.name;
  EXPECT_EQ(a.item_bits, b.item_bits) << a.name;
}

constexpr auto three_of_the_checkpoint =
    "  - {linears: float, label: float, checkpoint: adapted}\n"
    "  - {linears: analog, noise: pcm, label: chip, checkpoint: adapted}\n"
    "  - {linears: digital, noise: pcm, label: rounded, checkpoint: adapted}\n";
constexpr auto three =
    "  - {linears: float, label: float}\n"
    "  - {linears: analog, noise: pcm, label: chip}\n"
    "  - {linears: digital, noise: pcm, label: rounded}\n";

TEST_F(Checkpoints, GiveTheNumbersOfAnExperimentOnThem) {
  write_weights(false);
  const auto own = accuracies(load(adapted(), three));
  const auto named = accuracies(load(storyteller, three_of_the_checkpoint));
  const auto model = accuracies(load(storyteller, three));
  for (std::size_t i = 0; i < 3; ++i) {
    expect_same(named[i], own[i]);
    EXPECT_NE(named[i].bits_per_character.mean, model[i].bits_per_character.mean);
  }
}

TEST_F(Checkpoints, BringTheirLearnedRanges) {
  write_weights(true);
  const auto own = accuracies(load(adapted(), three, {}, false));  // nothing to calibrate
  const auto named = accuracies(load(storyteller, three_of_the_checkpoint));
  const std::string chip =
      "  - {linears: float, label: float}\n  - {linears: analog, noise: pcm, label: chip, ranges: calibrated";
  const auto calibrated = accuracies(load(storyteller, chip + ", checkpoint: adapted}\n"));
  const auto own_calibrated = accuracies(load(adapted(), chip + "}\n"));
  for (std::size_t i = 0; i < 3; ++i) expect_same(named[i], own[i]);
  expect_same(calibrated[1], own_calibrated[1]);
  EXPECT_NE(calibrated[1].bits_per_character.mean, named[1].bits_per_character.mean);
  EXPECT_EQ(named[0].ranges_from, "");
  EXPECT_EQ(named[1].ranges_from, "checkpoint");
  EXPECT_EQ(calibrated[1].ranges_from, "calibrated");
}

TEST_F(Checkpoints, WithoutRangesOfTheirOwnNeedAText) {
  write_weights(false);
  EXPECT_THROW(static_cast<void>(load(adapted(), three, {}, false)), ConfigError);
  write_weights(true);
  EXPECT_NO_THROW(static_cast<void>(load(adapted(), three, {}, false)));
  const std::string calibrated = "  - {linears: analog, label: chip, ranges: calibrated}\n";
  EXPECT_THROW(static_cast<void>(load(adapted(), calibrated, {}, false)), ConfigError);
}

TEST_F(Checkpoints, StandBesideTheModelAndArePairedWithIt) {
  write_weights(false);
  const auto r = accuracies(load(storyteller,
                                 "  - {linears: float, label: float}\n"
                                 "  - {linears: float, noise: pcm}\n"
                                 "  - {linears: float, noise: pcm, checkpoint: adapted}\n"));
  ASSERT_EQ(r.size(), 3U);
  EXPECT_EQ(r[1].name, "w16-hwnoise");
  EXPECT_EQ(r[2].name, "w16-hwnoise@adapted");
  const auto& difference = r[2].bits_per_character_difference;
  EXPECT_EQ(difference.over, "seeds");
  EXPECT_NEAR(difference.mean, r[2].bits_per_character.mean - r[0].bits_per_character.mean, 1e-12);
  expect_same(r[1], accuracies(load(storyteller,
                                    "  - {linears: float, label: float}\n"
                                    "  - {linears: float, noise: pcm}\n"))[1]);
}

TEST_F(Checkpoints, AHeadOfItsOwnIsAllowed) {
  write_weights(false, true);
  edit_config("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false");
  EXPECT_EQ(message(), "no error");
}

TEST_F(Checkpoints, AreStudiedWithTheirOwnReference) {
  write_weights(false);
  const StudyOptions options{.deployment = {}, .seeds = 1};
  const auto named = attribute(load(storyteller,
                                    "  - {linears: float, label: float}\n"
                                    "  - {linears: float, noise: pcm, label: noisy, checkpoint: adapted}\n",
                                    {"workload.deployment=noisy"}),
                               options, quiet);
  const auto own = attribute(load(adapted(),
                                  "  - {linears: float, label: float}\n"
                                  "  - {linears: float, noise: pcm, label: noisy}\n",
                                  {"workload.deployment=noisy"}),
                             options, quiet);
  EXPECT_EQ(named.reference.mean, own.reference.mean);
  EXPECT_EQ(named.together.mean, own.together.mean);
}

TEST_F(Checkpoints, OfAnotherShapeAreRefused) {
  write_weights(false);
  edit_config("\"num_hidden_layers\": 5", "\"num_hidden_layers\": 4");
  EXPECT_THAT(message(), HasSubstr("layers: 4 and 5"));
}

TEST_F(Checkpoints, OfAnotherRotationAreRefused) {
  write_weights(false);
  edit_config("\"rope_theta\": 10000.0", "\"rope_theta\": 20000.0");
  EXPECT_THAT(message(), HasSubstr("theta 20000 and 10000"));
}

TEST_F(Checkpoints, WithoutWeightsOrWithAnotherTokenizerAreRefused) {
  EXPECT_THAT(message(), HasSubstr("no weights"));
  write_weights(false);
  std::ofstream(adapted() / "tokenizer.json", std::ios::app) << "\n";
  EXPECT_THAT(message(), HasSubstr("is not the model's tokenizer"));
  fs::remove(adapted() / "tokenizer.json");
  EXPECT_THAT(message(), HasSubstr("has no tokenizer"));
}

TEST_F(Checkpoints, WithoutTheRangesThatAreAskedForAreRefused) {
  write_weights(false);
  EXPECT_THAT(message("ranges: checkpoint, "), HasSubstr("model.layers.0.self_attn.q_proj.input_range is missing"));
}

TEST_F(Checkpoints, KeysThatContradictAreRefused) {
  const auto said = [&](const std::string& deployment, const std::vector<std::string>& overrides = {}) -> std::string {
    try {
      static_cast<void>(load(storyteller, "  - {linears: float, label: float}\n  - " + deployment + "\n", overrides));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(said("{linears: float, checkpoint: nowhere}"), HasSubstr("there is no model directory"));
  EXPECT_THAT(said("{linears: float, noise: pcm, ranges: calibrated}"), HasSubstr("no linear"));
  EXPECT_THAT(said("{linears: analog, ranges: calibrated}", {"accuracy.calibration.method=checkpoint"}),
              HasSubstr("says no way to calibrate"));
  EXPECT_THAT(said("{linears: analog, ranges: calibrat}"), HasSubstr("did you mean 'calibrated'?"));
}

TEST_F(Checkpoints, AreInTheNameAndTheResolvedFile) {
  const auto spec = load(storyteller,
                         "  - {linears: float, label: float}\n"
                         "  - {linears: analog, noise: pcm, checkpoint: adapted/}\n"
                         "  - {linears: digital, noise: pcm, ranges: checkpoint, checkpoint: adapted}\n"
                         "  - {alias: di8-w4-hwnoise, units: {lm_head: float}, checkpoint: adapted}\n");
  const std::vector<std::string> names{"float", "si8-w16-hwnoise-o8@adapted", "si8-w4-hwnoise-learned_ranges@adapted",
                                       "di8-w4-hwnoise+lm_head-float@adapted"};
  fs::create_directory(folder.path() / "elsewhere");
  std::ofstream(folder.path() / "elsewhere" / "resolved.yaml") << spec.resolved_yaml;
  const auto again = load_experiment(folder.path() / "elsewhere" / "resolved.yaml", {});
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(deployment_name(spec.deployments[i], spec.hardware), names[i]);
    EXPECT_EQ(deployment_name(again.deployments[i], again.hardware), names[i]);
  }
  EXPECT_TRUE(fs::equivalent(again.deployments[2].checkpoint, adapted()));
}

}  // namespace
}  // namespace aimc::sim
