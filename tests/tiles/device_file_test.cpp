#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/check/error.h"
#include "tiles/device/hooks.h"
#include "tiles/device/load_device.h"

namespace aimc::tiles {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Files of one test, in a folder of its own.
class DeviceFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("aimc_device_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  /// What the user is told about a device file with this text.
  [[nodiscard]] std::string complaint(const std::string& text) const {
    try {
      static_cast<void>(make_device({.model = write("device.yaml", text)}));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }
  fs::path folder_;
};

constexpr const char* head =
    "title: mine\nsource: my lab\nkind: user\nunit: uS\nconverter: {kind: n_pair, g_max: 10}\n";

TEST(DeviceFiles, EveryFileIsInTheRegistryAndTheOtherWayRound) {
  std::vector<std::string> files = {"none"};
  for (const auto& entry : fs::directory_iterator(fs::path(AIMC_SOURCE_DIR) / "configs/devices"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().stem().string());
  EXPECT_THAT(files, ::testing::UnorderedElementsAreArray(device_models()));
}

TEST_F(DeviceFile, StuckSharesOfFileAndOptionsAreCheckedTogether) {
  const std::string file = write("stuck.yaml", std::string(head) + "faults: {stuck_low: 0.7}\n");
  EXPECT_NO_THROW(static_cast<void>(make_device({.model = file, .stuck_high = 0.3})));
  EXPECT_NO_THROW(static_cast<void>(make_device({.model = file, .stuck_low = 0.2, .stuck_high = 0.8})))
      << "a share of the options replaces the file's";
  try {
    static_cast<void>(make_device({.model = file, .stuck_high = 0.4}));
    ADD_FAILURE() << "1.1 of the cells are stuck";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("0.7"), HasSubstr("0.4"), HasSubstr("stuck")));
  }
}

TEST_F(DeviceFile, MeasuredTablesAreInterpolated) {
  write("cells.csv",
        "# measured\nconductance,mean,sigma,drift_exponent_mean,drift_exponent_std,relative_read_noise\n"
        "0,0.1,0.2,0.1,0.01,0.05\n4,4,0.4,0.06,0.01,0.03\n10,9.4,1.0,0.03,0.01,0.01\n");
  const std::string flat = "{pieces: [{polynomial: [0]}]}";
  const DeviceSpec spec = load_device(write(
      "device.yaml", std::string(head) + "table: cells.csv\ndrift: {power_law: {t_0: 20 s, exponent_mean: " + flat +
                         ", exponent_std: " + flat + "}}\n"));
  const ProgrammingHook programming(spec, 1);
  EXPECT_NEAR(programming.sigma(7, 10), 0.7, 1e-12);
  EXPECT_NEAR(programming.mean(2, 10), 2.05, 1e-12);
  EXPECT_NEAR(make_drift(spec, 1)->mean_factor(7, 10, 3600), std::pow(181.0, -0.045), 1e-9);
  EXPECT_NEAR(ReadNoiseHook(*spec.read_noise, 1).relative_sigma(7, 7, 10, 86400), 0.02, 1e-12);

  // The cells of the largest weight end up around 9.4 uS, with the idle one's half normal around 0.1.
  const auto device =
      make_device({.model = (folder_ / "device.yaml").string(), .effects = Effects::only(Effect::programming_noise)});
  std::vector<float> held(200000);
  device->hold(std::vector<float>(held.size(), 1.0F), {1, RandomKey(1), 0, 0}, held);
  double sum = 0;
  for (const float weight : held) sum += static_cast<double>(weight);
  const double idle = 0.1 * 0.691462 + 0.2 * 0.352065;  // mean of max(0, 0.1 + 0.2 N)
  EXPECT_NEAR(sum / 200000, (9.4 - idle) / 10, 0.001);
}

TEST_F(DeviceFile, MeasuredReadNoiseIsNotScaledByTheReadTimeOfTheBase) {
  write("cells.csv", "conductance,relative_read_noise\n0,0.05\n25,0.03\n");
  const auto sigma = [&](const std::string& more) {
    const DeviceSpec spec = load_device(write("device.yaml", "based_on: pcm_like\ntable: cells.csv\n" + more));
    return ReadNoiseHook(*spec.read_noise, 1).relative_sigma(25, 25, 25, 86400);
  };
  EXPECT_NEAR(sigma(""), 0.03, 1e-12);
  EXPECT_NEAR(sigma("read_noise: {t_read: 250 ns, t_0: 20 s}\n"), 0.03 * 5.0868, 1e-4);  // sqrt(ln(86420 s / 500 ns))
}

TEST_F(DeviceFile, MistakesOfATableAreNamedByLine) {
  const std::string device = std::string(head) + "table: cells.csv\n";
  const auto told = [&](const std::string& csv) {
    write("cells.csv", csv);
    return complaint(device);
  };
  EXPECT_THAT(told("conductance,sigma\n0,0.1\n5,0.2\n5,0.3\n10,0.1\n"), HasSubstr("cells.csv:4"));
  EXPECT_THAT(told("conductance,sigma\n0,0.1\n5,-0.2\n10,nan\n"), AllOf(HasSubstr("csv:3"), HasSubstr("csv:4")));
  EXPECT_THAT(told("conductance,sigma\n1,0.1\n9,0.2\n"), AllOf(HasSubstr("csv:2"), HasSubstr("csv:3")));
  EXPECT_THAT(told("conductance,sigmas\n0,0.1\n10,0.2\n"), AllOf(HasSubstr("csv:1"), HasSubstr("'sigma'")));
  EXPECT_THAT(told("conductance,sigma\n0,0.1,3\n10,0.2\n"), HasSubstr("csv:2"));
  EXPECT_THAT(told("conductance,sigma\n0,0.1\n10\n"), HasSubstr("csv:3"));
  EXPECT_THAT(told("conductance,drift_exponent_mean\n0,0.1\n10,0.2\n"), HasSubstr("drift_exponent_std"));
  EXPECT_THAT(told("conductance,sigma\n0,0.1\n"), HasSubstr("two rows"));
  EXPECT_THAT(told(""), HasSubstr("empty"));
  fs::remove(folder_ / "cells.csv");
  EXPECT_THAT(complaint(device), HasSubstr("cells.csv"));
}

TEST_F(DeviceFile, MistakesOfADeviceAreNamedByLineAllAtOnce) {
  EXPECT_THAT(complaint("title: x\nsource: y\nkind: user\nconvert: {}\n"),
              AllOf(HasSubstr("device.yaml:4"), HasSubstr("converter")));
  EXPECT_THAT(complaint(std::string(head) + "programming: {sigma: {pieces: [{polynomial: [1, -1]}]}}\n"),
              "no error");  // 1 - rho touches zero
  EXPECT_THAT(complaint(std::string(head) + "programming: {sigma: {pieces: [{polynomial: [1, -2]}]}}\n"),
              AllOf(HasSubstr("programming.sigma"), HasSubstr("conductance")));
  EXPECT_THAT(complaint(std::string(head) + "programming: {sigma: {pieces: [{polynomial: [1], power: [1, 2]}]}}\n"),
              HasSubstr("device.yaml:6"));
  EXPECT_THAT(complaint(std::string(head) + "programming: {sigma: {pieces: [{polynomial: [1]}, {power: [1, 2]}]}}\n"),
              HasSubstr("needs an end"));
  EXPECT_THAT(complaint(std::string(head) + "programming: {dead_zone: 1}\n"), HasSubstr("programming.sigma"));
  EXPECT_THAT(complaint(std::string(head) + "read_noise: {t_read: 250}\nfaults: {stuck_low: 2}\n"),
              AllOf(HasSubstr("t_read"), HasSubstr("stuck_low")));
  EXPECT_THAT(complaint("based_on: reram_wan2202\n"), HasSubstr("reram_wan2022"));
  EXPECT_THAT(complaint("based_on: device.yaml\n"), HasSubstr("based on each other"));
}

TEST_F(DeviceFile, BasedOnTakesWhatItDoesNotSay) {
  const DeviceSpec spec =
      load_device(write("device.yaml", "based_on: pcm_like\ntitle: half\nconverter: {g_max: 12.5}\n"));
  EXPECT_EQ(spec.title, "half");
  EXPECT_NEAR(ProgrammingHook(spec, 1).sigma(12.5, 12.5), 1.05538 / 2, 1e-5);
  EXPECT_TRUE(spec.drift->power_law.has_value());
}

}  // namespace
}  // namespace aimc::tiles
