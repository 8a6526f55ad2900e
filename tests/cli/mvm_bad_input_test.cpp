// What aimcsim mvm refuses: one clear message, an exit code, nothing written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "base/files/npy.h"
#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using testing::HasSubstr;
using Shape = std::vector<std::int64_t>;

class MvmRefuses : public testing::Test {
 protected:
  void SetUp() override {
    put("w.npy", {3, 8}, std::vector<float>(24, 0.5F));
    put("x.npy", {2, 8}, std::vector<float>(16, 1));
  }
  void put(const std::string& name, const Shape& shape, const std::vector<float>& values) const {
    write_npy(folder_.path() / name, shape, values);
  }
  void expect(int code, const std::string& options, const std::vector<std::string>& words) const {
    const std::string at = folder_.path().string() + "/";
    const auto finished =
        run_aimcsim("mvm --weights " + at + "w.npy --input " + at + "x.npy --output " + at + "y.npy " + options);
    EXPECT_EQ(finished.exit_code, code) << options << finished.error;
    for (const auto& word : words) EXPECT_THAT(finished.error, HasSubstr(word)) << options;
    EXPECT_EQ(finished.out, "") << options;
    EXPECT_FALSE(std::filesystem::exists(at + "y.npy")) << options;
  }
  ScratchFolder folder_;
};

TEST_F(MvmRefuses, ShapesThatDoNotFit) {
  put("x.npy", {2, 9}, std::vector<float>(18, 1));
  expect(3, "", {"[out 3, in 8]", "[tokens 2, in 9]"});
  put("x.npy", {16}, std::vector<float>(16, 1));
  expect(3, "", {"x.npy", "[tokens, in]", "[16]"});
  put("x.npy", {0, 8}, {});
  expect(3, "", {"x.npy", "empty"});
}

TEST_F(MvmRefuses, NumbersThatAreNone) {
  std::vector<float> w(24, 1);
  w[11] = std::numeric_limits<float>::quiet_NaN();
  put("w.npy", {3, 8}, w);
  expect(3, "", {"w.npy", "nan", "[1, 3]"});
  w[11] = -std::numeric_limits<float>::infinity();
  put("w.npy", {3, 8}, w);
  expect(3, "", {"w.npy", "inf", "1 of 24"});
  w.assign(24, 3e38F);
  put("w.npy", {3, 8}, w);
  expect(3, "", {"fp32"});
}

TEST_F(MvmRefuses, InputRanges) {
  const std::string option = "--input-range " + (folder_.path() / "r.npy").string() + " ";
  put("r.npy", {2}, {1, 1});
  expect(3, option, {"[1]", "[2]"});
  put("r.npy", {2}, {1, 0});
  expect(3, option + "--rows 4", {"row tile 1", "positive"});
  put("r.npy", {1}, {1});
  expect(2, option + "--range dynamic", {"--input-range", "dynamic"});
  expect(3, "--input-range nowhere.npy", {"nowhere.npy"});
}

TEST_F(MvmRefuses, TermsNoHardwareHas) {
  expect(2, "--inp-res 255 --out-res 100", {"--inp-res", "255", "--out-res", "100", "254"});
  expect(2, "--inp-res 510", {"hardware.tile.input", "9"});
  expect(2, "--inp-res 1", {"--inp-res"});
  expect(2, "--inp-res nan", {"--inp-res"});
  expect(2, "--out-bound nan", {"--out-bound", "14"});
  expect(2, "--rows 100000", {"--rows", "65536"});
  expect(2, "--rows many", {"rows"});
}

TEST_F(MvmRefuses, OptionsThatMeanNothing) {
  expect(2, "--hardware hermes-46", {"hermes-46", "hermes-64"});
  expect(2, "--device perfect", {"perfect", "pcm"});
  expect(2, "--kernel fp64", {"fp64", "int8", "bf16"});
  expect(2, "--kernel bf16 --set hardware.tile.periphery.mode=bit_wise", {"--kernel", "compute in fp32"});
  expect(2, "--set hardware.tile.periphery.noise_management=maximum", {"noise_management", "input.range: dynamic"});
  expect(2, "--time 5", {"5", "1 day"});
  expect(2, "--time '-1 day'", {"--time"});
  expect(2, "--time '1 day' --compensation per_tile", {"--time: 'ideal' does not change", "--compensation"});
  expect(2, "--device pcm --time '1 day'", {"'pcm' does not change with time"});
  expect(2, "--seed -1", {"--seed"});
  expect(2, "--set tile.adc.bits=6", {"hardware.tile.adc.bits"});
  expect(2, "--set hardware.tile.adc.bist=6", {"bist", "bits"});
  expect(2, "--threads 0", {"--threads"});
  expect(2, "stray", {"positional"});
  expect(2, "--set hardware.chip.chips=1 --set hardware.chip.tiles=1 --rows 4", {"tiles"});
  const auto finished = run_aimcsim("mvm --input x.npy");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("--weights"));
}

TEST_F(MvmRefuses, OutputsThatCannotBeWritten) {
  const std::string at = folder_.path().string() + "/";
  const auto finished =
      run_aimcsim("mvm --weights " + at + "w.npy --input " + at + "x.npy --output " + at + "no/such/folder/y.npy");
  EXPECT_EQ(finished.exit_code, 4);
  EXPECT_THAT(finished.error, HasSubstr("y.npy"));
  EXPECT_EQ(finished.out, "");
}

}  // namespace
}  // namespace aimc::test
