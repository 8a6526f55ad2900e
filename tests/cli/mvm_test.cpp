// aimcsim mvm: one matrix through one analog layer, from arrays to arrays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "base/files/npy.h"
#include "base/files/text_file.h"
#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using testing::HasSubstr;
using Shape = std::vector<std::int64_t>;

std::vector<float> gaussian(std::int64_t count, unsigned seed, float scale = 1) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, scale);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = normal(generator);
  return values;
}

/// A folder with the arrays of one call.
class Mvm : public testing::Test {
 protected:
  void put(const std::string& name, const Shape& shape, const std::vector<float>& values) const {
    write_npy(folder_.path() / name, shape, values);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  [[nodiscard]] Finished run(const std::string& options) const {
    return run_aimcsim("mvm --weights " + path("w.npy") + " --input " + path("x.npy") + " " + options);
  }
  [[nodiscard]] std::vector<float> outputs(const std::string& options) const {
    const auto finished = run(options + " --output " + path("y.npy"));
    EXPECT_EQ(finished.exit_code, 0) << finished.error;
    return read_npy(folder_.path() / "y.npy").values;
  }
  [[nodiscard]] nlohmann::json report(const std::string& options) const {
    const auto finished = run(options + " --json");
    EXPECT_EQ(finished.exit_code, 0) << finished.error;
    return nlohmann::json::parse(finished.out);
  }
  void put_random(std::int64_t out, std::int64_t in, std::int64_t tokens) const {
    put("w.npy", {out, in}, gaussian(out * in, 1, 0.02F));
    put("x.npy", {tokens, in}, gaussian(tokens * in, 2));
  }
  ScratchFolder folder_;
};

TEST_F(Mvm, TestVectorOfNumericsA3BitForBit) {
  put("w.npy", {1, 4}, {0.2F, -0.4F, 0.1F, 0.05F});
  put("x.npy", {1, 4}, {0.9F, -2.0F, 0.031F, 1.5F});
  put("r.npy", {1}, {1.5F});
  const std::string options =
      "--device ideal --kernel fp32 --inp-res 254 --out-res 254 --out-bound 14 --rows -1 "
      "--input-range " +
      path("r.npy");
  EXPECT_EQ(outputs(options), std::vector<float>{0.85984252F});  // code 13
  EXPECT_THAT(run(options).out, HasSubstr("off the grid"));
  const auto json = report(options);
  EXPECT_EQ(json["counts"]["inputs_clipped"], 1);
  EXPECT_NEAR(json["error"]["mean"], 0.85984252 - 1.0581, 1e-6);
}

/// Numerics A.2 in its own order, domain and precision: un-normalised fp64.
std::vector<double> reference(const std::vector<float>& w, const std::vector<float>& x,
                              const std::vector<std::size_t>& splits, const std::vector<float>& ranges) {
  const std::size_t in = 1000, out = 30, tokens = 8;
  std::vector<double> y(tokens * out, 0);
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t o = 0; o < out; ++o) {
      std::size_t begin = 0;
      for (std::size_t tile = 0; tile < splits.size(); begin += splits[tile++]) {
        const double ir = ranges[tile], s_in = 2 * ir / 254;
        double sum = 0, wmax = 0;
        for (std::size_t i = begin; i < begin + splits[tile]; ++i) {
          const double clamped = std::max(-ir, std::min(ir, static_cast<double>(x[t * in + i])));
          sum += std::nearbyint(clamped / s_in) * s_in * w[o * in + i];
          wmax = std::max(wmax, std::abs(static_cast<double>(w[o * in + i])));
        }
        const double bound = ir * 14 * wmax, s_out = 2 * bound / 254;
        y[t * out + o] += std::max(-bound, std::min(bound, std::nearbyint(sum / s_out) * s_out));
      }
    }
  }
  return y;
}

TEST_F(Mvm, IsTheForwardOfTheFieldOffTheGrid) {
  const auto w = gaussian(30 * 1000, 3, 0.02F), x = gaussian(8 * 1000, 4);
  put("w.npy", {30, 1000}, w);
  put("x.npy", {8, 1000}, x);
  put("r.npy", {4}, {2.5F, 1.0F, 3.0F, 2.75F});
  const auto y = outputs("--kernel fp32 --out-bound 14 --rows 256 --input-range " + path("r.npy"));
  const auto expected = reference(w, x, {250, 250, 250, 250}, {2.5F, 1.0F, 3.0F, 2.75F});
  ASSERT_EQ(y.size(), expected.size());
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 2e-6) << i;
}

TEST_F(Mvm, ReportsTheErrorOfWhatItWrites) {
  put_random(20, 300, 5);
  const auto json = report("--device pcm --output " + path("y.npy"));
  const auto w = read_npy(path("w.npy")).values, x = read_npy(path("x.npy")).values, y = read_npy(path("y.npy")).values;
  double signal = 0, noise = 0, sum = 0, largest = 0;
  for (std::size_t t = 0; t < 5; ++t) {
    for (std::size_t o = 0; o < 20; ++o) {
      double exact = 0;
      for (std::size_t i = 0; i < 300; ++i) exact += static_cast<double>(w[o * 300 + i]) * x[t * 300 + i];
      const double error = y[t * 20 + o] - exact;
      signal += exact * exact;
      noise += error * error;
      sum += error;
      largest = std::max(largest, std::abs(error));
    }
  }
  const auto& error = json["error"];
  EXPECT_NEAR(error["sqnr_db"], 10 * std::log10(signal / noise), 1e-6);
  EXPECT_NEAR(error["mean"], sum / 100, 1e-9);
  EXPECT_NEAR(error["std"], std::sqrt(noise / 100 - sum / 100 * sum / 100), 1e-9);
  EXPECT_NEAR(error["max"], largest, 1e-9);
  EXPECT_NEAR(error["relative"], std::sqrt(noise / signal), 1e-9);
}

TEST_F(Mvm, BytesDependOnTheSeedAndOnNothingElse) {
  put_random(300, 700, 50);
  const auto once = outputs("--device pcm --threads 1");
  EXPECT_EQ(outputs("--device pcm --threads 2"), once);
  EXPECT_EQ(outputs("--device pcm --kernel fp32"), once);
  EXPECT_NE(outputs("--device pcm --seed 1"), once);
}

TEST_F(Mvm, TermsAreTheHardwaresKeys) {
  put_random(20, 300, 5);
  const auto same = [&](const std::string& terms, const std::string& keys) {
    EXPECT_EQ(outputs(terms), outputs(keys)) << terms;
  };
  same("--inp-res 126 --out-res 62", "--set hardware.tile.input.bits=7 --set hardware.tile.adc.bits=6");
  same("--inp-res 0.003937007874 --out-res 0.0019607843", "--inp-res 254 --set hardware.tile.adc.bits=9");
  same("--out-bound 3.5", "--set hardware.tile.adc.out_bound=3.5");
  same("--rows 100", "--set hardware.tile.rows=100");
  same("--rows -1", "--set hardware.tile.rows=300");
  same("--range dynamic", "--set hardware.tile.input.range=dynamic");
  EXPECT_NE(outputs("--inp-res 126"), outputs(""));
}

TEST_F(Mvm, RangesAreCalibratedOnTheInputsPerRowTile) {
  put("w.npy", {1, 4}, {1, 1, 1, 1});
  put("x.npy", {3, 4}, {0.5F, -3, 1, 0, 0, 0, 0, 0, 2, 1, -8, 4});
  const auto json = report("--rows 2 --calibration maximum");
  EXPECT_EQ(json["layer"]["input_ranges"], (std::vector<double>{3, 8}));
  EXPECT_EQ(json["layer"]["input_range_source"], "largest magnitude of the inputs");
  EXPECT_TRUE(report("--range dynamic")["layer"]["input_ranges"].is_null());
}

TEST_F(Mvm, TimeAndEnergyAreThoseOfAHandCalculation) {
  // docs/mvm.md: one full array of hermes-64, 100 vectors.
  put_random(256, 256, 100);
  const auto json = report("");
  const auto& time = json["time"];
  EXPECT_NEAR(time["period_s"], 132.94e-9, 1e-15);
  EXPECT_NEAR(time["arrays_alone_s"], 13358e-9, 1e-12);  // 32 + 132.94 + 32 + 99 x 132.94 ns
  EXPECT_GE(time["batch_s"], time["arrays_alone_s"]);
  EXPECT_LE(time["batch_s"].get<double>(), 13358e-9 + 200e-9);  // codes made and sent, results sent
  EXPECT_EQ(json["counts"]["mvm"], 100);
  EXPECT_EQ(json["counts"]["adc_conversion"], 25600);
  const auto& energy = json["energy"]["dynamic_by_action_j"];
  EXPECT_NEAR(energy["adc_conversion"], 25600 * 34.10e-12, 1e-12);
  EXPECT_NEAR(energy["dac_conversion"], 25600 * 9.181e-12, 1e-12);
  EXPECT_NEAR(energy["cell_read"], 100 * 65536 * 35.86e-15, 1e-12);
  EXPECT_FALSE(energy.contains("embedding_read_byte"));  // the surroundings are free
}

TEST_F(Mvm, LongBatchesGoOnAtThePaceOfTheirBeginning) {
  put_random(16, 16, 1);
  const auto of = [&](std::int64_t tokens) {
    put("x.npy", {tokens, 16}, std::vector<float>(static_cast<std::size_t>(tokens * 16), 0.5F));
    return report("");
  };
  const auto few = of(100), many = of(60000);
  EXPECT_EQ(few["time"]["vectors_simulated"], 100);
  EXPECT_LT(many["time"]["vectors_simulated"], 60000);
  EXPECT_NEAR(many["time"]["batch_s"], few["time"]["batch_s"].get<double>() + 59900 * 132.94e-9, 1e-9);
  EXPECT_NEAR(many["energy"]["dynamic_j"], 600 * few["energy"]["dynamic_j"].get<double>(), 1e-12);
}

TEST_F(Mvm, AHardwareFileOfTheUsersIsAsGoodAsAPreset) {
  put_random(20, 300, 5);
  std::string yaml = read_text_file(AIMC_SOURCE_DIR "/configs/hardware/hermes-64.yaml");
  const std::string bound = "out_bound: {value: 14,";
  ASSERT_NE(yaml.find(bound), std::string::npos);
  yaml.replace(yaml.find(bound), bound.size(), "out_bound: {value: 7,");
  const auto file = folder_.write("mine.yaml", yaml);
  EXPECT_EQ(outputs("--hardware " + file.string()), outputs("--out-bound 7"));
}

TEST_F(Mvm, DriftGrowsWithTimeAndIsCompensated) {
  put_random(64, 256, 20);
  const auto sqnr = [&](const std::string& options) {
    return report("--device pcm_like " + options)["error"]["sqnr_db"].get<double>();
  };
  const double fresh = sqnr(""), old = sqnr("--time '1 year'"),
               compensated = sqnr("--time '1 year' --compensation per_tile");
  EXPECT_GT(fresh, compensated);
  EXPECT_GT(compensated, old + 3);  // half of the signal is gone without it (numerics C.2: 0.497)
  EXPECT_THAT(run("--device pcm_like --time '1 year' --compensation per_tile").out,
              testing::AllOf(HasSubstr("after programming"), HasSubstr("to measure drift")));
}

TEST_F(Mvm, WithoutConvertersItIsTheFloatProduct) {
  put_random(64, 700, 20);
  const std::string none = "--kernel fp32 --range dynamic --inp-res -1 --out-res -1 --out-bound -1";
  EXPECT_GT(report(none)["error"]["sqnr_db"], 120);
  EXPECT_TRUE(report(none)["error"]["rms_in_adc_lsb"].is_null());
  EXPECT_THAT(run(none).out, testing::AllOf(HasSubstr("not rounded"), HasSubstr("no bound")));
  // Each of them alone matters.
  EXPECT_LT(report("--kernel fp32 --range dynamic --out-res -1 --out-bound -1")["error"]["sqnr_db"], 60);
  EXPECT_LT(report("--kernel fp32 --range dynamic --inp-res -1 --out-bound -1")["error"]["sqnr_db"], 60);
  EXPECT_LT(report("--kernel fp32 --range dynamic --inp-res -1 --out-res -1 --out-bound 0.1")["error"]["sqnr_db"], 10);
}

TEST_F(Mvm, PowersOfTheCausesAddUp) {
  put_random(200, 512, 60);
  const auto json = report("--device pcm --by-cause --range dynamic --set hardware.tile.periphery.output_noise=0.1");
  const auto power = [](const nlohmann::json& error) {
    return error["rms"].get<double>() * error["rms"].get<double>();
  };
  const auto& causes = json["error_by_cause"];
  const double grid = power(causes["grid"]);
  EXPECT_LT(grid, 0.3 * power(causes["inputs"]));
  EXPECT_LT(power(causes["inputs"]), power(causes["outputs"]));
  // Cells bring errors of their own instead of those of the grid; the others have the grid's beside their own.
  const double sum = power(causes["inputs"]) - grid + power(causes["cells"]) + power(causes["outputs"]) - grid;
  EXPECT_NEAR(power(json["error"]), sum, 0.05 * sum);
  EXPECT_FALSE(causes.contains("array"));
}

TEST_F(Mvm, CircuitsModesAndSlicesComeWithTheHardware) {
  put_random(40, 300, 20);
  const auto plain = report("--rows 100");
  const auto bits = report("--rows 100 --set hardware.tile.periphery.mode=bit_wise");
  EXPECT_EQ(bits["counts"]["adc_conversion"], 7 * plain["counts"]["adc_conversion"].get<std::int64_t>());
  EXPECT_NEAR(bits["time"]["convert_s"], 572.18e-9,
              1e-15);  // 7 x (256 x 0.3 + 4.94) ns: pulses of 2 ns wait for the counter
  EXPECT_GT(bits["energy"]["dynamic_j"], plain["energy"]["dynamic_j"]);
  const auto sliced = report(
      "--rows 100 --set hardware.tile.slicing.weight_bits=8 --set hardware.tile.slicing.encoding=offset "
      "--set hardware.tile.adc.bits=10 --set hardware.tile.adc.out_bound=256");
  EXPECT_EQ(sliced["counts"]["adc_conversion"], 4 * 8 * plain["counts"]["adc_conversion"].get<std::int64_t>());
  EXPECT_GT(sliced["error"]["sqnr_db"], 35);  // 8-bit weights and inputs, lossless conversions
}

TEST_F(Mvm, RepeatedMvmsTakeTimeAndEnergy) {
  put_random(40, 300, 20);
  const std::string narrow = "--out-bound 0.5 --range dynamic ";
  const auto cut = report(narrow),
             repeated = report(narrow + "--set hardware.tile.periphery.bound_management=iterative");
  EXPECT_GT(cut["counts"]["outputs_clipped"], 0);
  EXPECT_EQ(repeated["counts"]["outputs_clipped"], 0);
  const auto retries = repeated["counts"]["mvm_repeated"].get<double>();
  EXPECT_GT(retries, 0);
  EXPECT_GT(repeated["error"]["sqnr_db"], cut["error"]["sqnr_db"]);
  EXPECT_GT(repeated["time"]["batch_s"], cut["time"]["batch_s"]);
  const double more = retries / repeated["counts"]["mvm"].get<double>();
  const auto adc = [](const nlohmann::json& json) {
    return json["energy"]["dynamic_by_action_j"]["adc_conversion"].get<double>();
  };
  EXPECT_NEAR(adc(repeated), adc(cut) * (1 + more), 0.05 * adc(cut));
}

TEST_F(Mvm, ThePageFitsEightyColumns) {
  put_random(300, 700, 20);
  const auto finished = run("--device pcm --rows 200 --by-cause");
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  for (const char* part : {"Layer", "Error", "Time", "Energy", "SQNR", "on the grid", "kernel", "inputs clipped"})
    EXPECT_THAT(finished.out, HasSubstr(part));
  std::size_t begin = 0;
  for (std::size_t end = finished.out.find('\n'); end != std::string::npos; end = finished.out.find('\n', begin)) {
    EXPECT_LE(end - begin, 80U) << finished.out.substr(begin, end - begin);
    begin = end + 1;
  }
}

}  // namespace
}  // namespace aimc::test
