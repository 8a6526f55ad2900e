#include <fmt/format.h>

#include <iostream>

#include "base/check/error.h"
#include "base/files/npy.h"
#include "base/units/parse.h"
#include "cli/command.h"
#include "cli/model_options.h"
#include "cli/options.h"
#include "sim/experiment/mvm/mvm.h"
#include "sim/report/mvm_report.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

const VerbHelp help{"aimcsim mvm --weights W.npy --input X.npy [options]",
                    "Multiplies Y = X W^T through one analog layer: X [tokens, in] and W [out, in] are\n"
                    "little-endian fp32 .npy files in C order. Prints the error against the exact product,\n"
                    "clip rates, and the time and energy of the batch on the hardware.\n"
                    "--inp-res, --out-res, --out-bound and --rows are those of aihwkit's inp_res, out_res,\n"
                    "out_bound and max_input_size: 254 steps are 8 bits, -1 switches rounding, clipping or\n"
                    "splitting off; without them the hardware's own values hold.\n"
                    "An ideal device with --kernel fp32 computes off the grid: weights as given, as other\n"
                    "tools do. Everything else computes on the grid, where sums are exact (docs/mvm.md).",
                    "aimcsim mvm --weights W.npy --input X.npy --hardware hermes-64 --device pcm \\\n"
                    "    --out-bound 14 --rows 512 --output Y.npy"};

po::options_description array_options() {
  po::options_description own;
  own.add_options()("weights", po::value<std::string>()->value_name("W.npy"), "weights [out, in]")  //
      ("input", po::value<std::string>()->value_name("X.npy"), "inputs [tokens, in]")               //
      ("input-range", po::value<std::string>()->value_name("R.npy"),
       "static input ranges [row tiles]; without it they are found on the inputs")                  //
      ("output", po::value<std::string>()->value_name("Y.npy"), "write the outputs [tokens, out]")  //
      ("hardware", po::value<std::string>()->default_value("hermes-64")->value_name("NAME|FILE"),
       "hardware preset or file")("set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
                                  "override a key, e.g. hardware.tile.adc.bits=6 (repeatable)")(
          "device", po::value<std::string>()->default_value("ideal")->value_name("NAME|FILE"),
          "device model of the cells, or ideal")("time", po::value<std::string>()->value_name("TIME"),
                                                 "time after programming, e.g. \"1 day\"")(
          "compensation", po::value<std::string>()->default_value("none")->value_name("HOW"),
          "of drift: none, per_tile, per_column")(
          "kernel", po::value<std::string>()->default_value("automatic")->value_name("HOW"),
          "automatic, int8, bf16, fp32");
  return own;
}

po::options_description term_options() {
  po::options_description own;
  own.add_options()("inp-res", po::value<double>()->value_name("R"), "steps of the DAC (or 1/steps)")(
      "out-res", po::value<double>()->value_name("R"), "steps of the ADC (or 1/steps)")(
      "out-bound", po::value<double>()->value_name("B"), "full scale of the ADC in full devices")(
      "rows", po::value<std::int64_t>()->value_name("N"), "rows of an array")(
      "range", po::value<std::string>()->value_name("HOW"), "input range: static, dynamic")(
      "calibration", po::value<std::string>()->default_value("quantile")->value_name("HOW"),
      "static range from the inputs: quantile (0.9995 of the magnitudes), maximum")(
      "by-cause", po::bool_switch(), "also the error of inputs, cells, array, outputs alone")(
      "seed", po::value<std::string>()->default_value("2025")->value_name("N"), "seed of every random number")(
      "threads", po::value<int>()->value_name("N"), "threads to use (default: all cores); results do not change")(
      "json", po::bool_switch(), "print JSON on stdout instead of the table");
  return own;
}

template <class T>
T choice(const po::variables_map& values, const char* option, const std::vector<std::pair<std::string, T>>& choices) {
  const auto& text = values[option].as<std::string>();
  std::string known;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    known += (known.empty() ? "" : ", ") + name;
  }
  throw ConfigError(fmt::format("--{}: '{}' is none of: {}", option, text, known));
}

std::string required(const po::variables_map& values, const char* option) {
  if (values.count(option) == 0) throw ConfigError(fmt::format("give --{}\nusage: {}", option, help.usage));
  return values[option].as<std::string>();
}

sim::MvmTerms terms_of(const po::variables_map& values) {
  sim::MvmTerms terms;
  if (values.count("inp-res") > 0) terms.input_resolution = values["inp-res"].as<double>();
  if (values.count("out-res") > 0) terms.output_resolution = values["out-res"].as<double>();
  if (values.count("out-bound") > 0) terms.output_bound = values["out-bound"].as<double>();
  if (values.count("rows") > 0) terms.rows = values["rows"].as<std::int64_t>();
  if (values.count("range") > 0)
    terms.range = choice<tiles::InputRangeMode>(
        values, "range",
        {{"static", tiles::InputRangeMode::static_range}, {"dynamic", tiles::InputRangeMode::dynamic_range}});
  return terms;
}

sim::MvmRequest request_of(const po::variables_map& values) {
  sim::MvmRequest request;
  request.weights = required(values, "weights");
  request.inputs = required(values, "input");
  if (values.count("input-range") > 0) request.input_ranges = values["input-range"].as<std::string>();
  request.hardware = values["hardware"].as<std::string>();
  if (values.count("set") > 0) request.overrides = values["set"].as<std::vector<std::string>>();
  request.terms = terms_of(values);
  const auto& device = values["device"].as<std::string>();
  request.device.model = device == "ideal" ? "none" : device;
  if (values.count("time") > 0) request.seconds = parse_quantity<Duration>(values["time"].as<std::string>()).si();
  if (request.seconds < 0) throw ConfigError("--time: give a time after programming, not before it");
  request.compensation = choice<tiles::DriftCompensation>(values, "compensation",
                                                          {{"none", tiles::DriftCompensation::none},
                                                           {"per_tile", tiles::DriftCompensation::per_tile},
                                                           {"per_column", tiles::DriftCompensation::per_column}});
  request.kernel = choice<tiles::CrossbarKernel>(values, "kernel",
                                                 {{"automatic", tiles::CrossbarKernel::automatic},
                                                  {"int8", tiles::CrossbarKernel::int8},
                                                  {"bf16", tiles::CrossbarKernel::bf16},
                                                  {"fp32", tiles::CrossbarKernel::fp32}});
  request.calibration.method = choice<sim::CalibrationMethod>(
      values, "calibration",
      {{"quantile", sim::CalibrationMethod::quantile}, {"maximum", sim::CalibrationMethod::maximum}});
  request.seed = seed_option(values);
  request.by_cause = values["by-cause"].as<bool>();
  return request;
}

void write_outputs(const std::string& file, const Matrix& outputs) {
  const std::int64_t shape[] = {outputs.rows(), outputs.cols()};
  write_npy(file, shape, {outputs.data(), static_cast<std::size_t>(outputs.size())});
}

}  // namespace

int mvm_command(const std::vector<std::string>& arguments) {
  po::options_description own;
  for (const auto& options : {array_options(), term_options()})
    for (const auto& option : options.options()) own.add(option);
  const auto values = parse_options(arguments, help, own);
  if (!values) return 0;
  const sim::MvmResult result = sim::run_mvm(request_of(*values));
  if (values->count("output") > 0) write_outputs((*values)["output"].as<std::string>(), result.outputs);
  std::cout << ((*values)["json"].as<bool>() ? sim::mvm_json(result) : sim::mvm_report(result));
  return 0;
}

}  // namespace aimc::cli
