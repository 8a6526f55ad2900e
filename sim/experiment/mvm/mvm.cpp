#include "sim/experiment/mvm/mvm.h"

#include <fmt/format.h>

#include <chrono>
#include <numeric>

#include "base/check/error.h"
#include "base/config/diagnostics.h"
#include "sim/experiment/mvm/arrays.h"
#include "sim/experiment/mvm/input_ranges.h"
#include "sim/functional/deploy.h"
#include "tiles/converter/dac.h"
#include "tiles/crossbar/fast_crossbar.h"

namespace aimc::sim {
namespace {

using tiles::Effect;
using tiles::Effects;

/// Seconds since the last call.
class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// What every analog linear of this run is made from.
struct Layer {
  const MvmRequest& request;
  const tiles::TileSpec& tile;
  const Matrix& weights;
  tiles::AnalogLinearOptions options;
};

/// ConfigError for a device that is none, or that time and compensation mean nothing to.
void check_device(const MvmRequest& request) {
  const auto device = device_of(request.device, Effects::all());
  config::Diagnostics diagnostics;
  if (device == nullptr || !device->changes_with_time()) {
    const std::string name = device == nullptr ? "ideal" : request.device.model;
    if (request.seconds > 0)
      diagnostics.error({"command line", 0}, "--time",
                        fmt::format("'{}' does not change with time; choose a device that drifts (--device) or leave "
                                    "this out",
                                    name));
    if (request.compensation != tiles::DriftCompensation::none)
      diagnostics.error({"command line", 0}, "--compensation",
                        fmt::format("'{}' does not drift, so there is nothing to undo", name));
  }
  diagnostics.throw_if_any();
  if (device != nullptr) device->check_time(request.seconds);
}

std::unique_ptr<tiles::Linear> build(const Layer& layer, const Effects& effects) {
  tiles::AnalogLinearOptions options = layer.options;
  options.effects = effects;
  const auto model = device_of(layer.request.device, effects);
  return tiles::make_analog_linear(layer.weights, layer.tile, options, model.get(),
                                   RandomKey(layer.request.seed).child("mvm"));
}

/// ConfigError where the chosen kernel cannot compute what the hardware does.
void check_kernel(const MvmRequest& request, const HardwareSpec& hardware) {
  using tiles::CrossbarKernel;
  const bool integers = request.kernel == CrossbarKernel::bf16 || request.kernel == CrossbarKernel::int8;
  if (integers && !tiles::fast_crossbar_serves(hardware.tile, effects_of(request.terms)))
    throw ConfigError(
        "--kernel: circuits, MVM modes, slices and converters that are off in part compute in fp32; choose automatic "
        "or "
        "fp32");
}

void check_shapes(const MvmRequest& request, const Matrix& weights, const Matrix& inputs) {
  if (weights.cols() != inputs.cols())
    throw InputError(
        fmt::format("{} has weights [out {}, in {}], but {} has inputs [tokens {}, in {}]: both must have "
                    "the same number of inputs",
                    request.weights.string(), weights.rows(), weights.cols(), request.inputs.string(), inputs.rows(),
                    inputs.cols()));
}

/// One converter step of each channel in the units of the outputs, the mean over the row tiles.
std::vector<double> converter_steps(const MvmResult& result, const Matrix& weights, const Matrix& inputs) {
  const double step = result.hardware.tile.adc.out_bound / tiles::largest_code(result.hardware.tile.adc.bits);
  const auto tiles = static_cast<double>(result.row_tiles.size());
  std::vector<double> steps(static_cast<std::size_t>(result.out), 0);
  Index begin = 0;
  for (std::size_t t = 0; t < result.row_tiles.size(); ++t) {
    const Index rows = result.row_tiles[t];
    double range = 0;
    if (result.input_ranges.empty()) {
      for (Index token = 0; token < result.tokens; ++token)
        range += tiles::largest_magnitude(inputs.data() + token * result.in + begin, rows);
      range /= static_cast<double>(result.tokens);
    } else {
      range = result.input_ranges[t];
    }
    for (Index o = 0; o < result.out; ++o)
      steps[static_cast<std::size_t>(o)] +=
          step * range * tiles::largest_magnitude(weights.data() + o * result.in + begin, rows) / tiles;
    begin += rows;
  }
  return steps;
}

struct Cause {
  const char* name;
  std::vector<Effect> effects;
};

/// What can be looked at alone on this hardware; the grid is there whatever acts.
std::vector<Cause> causes_of(const MvmResult& result) {
  const tiles::PeripherySpec& p = result.hardware.tile.periphery;
  std::vector<Cause> causes;
  if (result.arithmetic == tiles::CrossbarArithmetic::grid) causes.push_back({"grid", {}});
  causes.push_back(
      {"inputs", {Effect::input_rounding, Effect::input_clipping, Effect::input_noise, Effect::input_asymmetry}});
  if (result.request.device.model != "none")
    causes.push_back({"cells", {Effect::programming_noise, Effect::read_noise, Effect::drift, Effect::faults}});
  if (p.ir_drop != 0 || p.array_read_noise != 0)
    causes.push_back({"array", {Effect::ir_drop, Effect::array_read_noise}});
  causes.push_back(
      {"outputs",
       {Effect::output_rounding, Effect::output_clipping, Effect::voltage_offset, Effect::output_nonlinearity,
        Effect::output_asymmetry, Effect::output_noise, Effect::column_spread}});
  return causes;
}

Matrix multiply(const tiles::Linear& linear, const Matrix& inputs, tiles::LinearCounts& counts) {
  Matrix outputs(inputs.rows(), linear.out_features());
  linear.forward(inputs, outputs, counts);
  return outputs;
}

/// Outputs with the effects of one cause alone, as far as the request leaves them on.
Matrix outputs_of(const Cause& cause, const Layer& layer, const Effects& effects, const Matrix& inputs) {
  Effects own = Effects::none();
  for (const Effect effect : cause.effects)
    if (effects.has(effect)) own = own.with(effect);
  tiles::LinearCounts unused;
  return multiply(*build(layer, own), inputs, unused);
}

void compare(const Layer& layer, const Effects& effects, const Matrix& inputs, MvmResult& result) {
  const std::vector<Cause> causes = layer.request.by_cause ? causes_of(result) : std::vector<Cause>{};
  std::vector<Matrix> alone;
  for (const Cause& cause : causes) alone.push_back(outputs_of(cause, layer, effects, inputs));
  std::vector<const Matrix*> all{&result.outputs};
  for (const Matrix& outputs : alone) all.push_back(&outputs);
  const auto statistics =
      compare_with_exact(inputs, layer.weights, all, converter_steps(result, layer.weights, inputs));
  result.error = statistics.front();
  for (std::size_t i = 0; i < causes.size(); ++i) result.causes.push_back({causes[i].name, statistics[i + 1]});
  if (result.error.not_finite > 0)
    throw InputError(fmt::format("{} of {} outputs are beyond the range of fp32: scale weights or inputs down",
                                 result.error.not_finite, result.error.outputs));
}

/// How the layer lies on the chips.
void describe_mapping(const Program& program, MvmResult& result) {
  const LinearPlacement& placement = program.linears.front();
  result.row_tiles = placement.row_tiles;
  result.column_tiles = placement.column_tiles;
  result.arrays = std::ssize(program.shards);
  result.chips = program.chips;
  const double cells = static_cast<double>(result.arrays) * static_cast<double>(result.hardware.tile.rows) *
                       static_cast<double>(result.hardware.tile.columns);
  result.weights_per_cell = static_cast<double>(result.out) * static_cast<double>(result.in) / cells;
}

}  // namespace

tiles::CrossbarArithmetic arithmetic_of(const MvmRequest& request) {
  return request.device.model == "none" && request.kernel == tiles::CrossbarKernel::fp32
             ? tiles::CrossbarArithmetic::off_grid
             : tiles::CrossbarArithmetic::grid;
}

bool has_output_step(const MvmResult& result) {
  using tiles::MvmMode;
  const tiles::TileSpec& tile = result.hardware.tile;
  const bool one_conversion =
      tile.periphery.mode == MvmMode::one_pass || tile.periphery.mode == MvmMode::positive_negative_analog;
  return effects_of(result.request.terms).has(Effect::output_rounding) && one_conversion &&
         tile.slicing.weight_bits == 0;
}

MvmResult run_mvm(const MvmRequest& request) {
  Stopwatch watch;
  check_device(request);  // a mistake in it is told before anything is read
  const Matrix weights = read_matrix(request.weights, "weights", "[out, in]");
  const Matrix inputs = read_matrix(request.inputs, "inputs", "[tokens, in]");
  check_shapes(request, weights, inputs);
  std::vector<std::string> overrides = request.overrides;
  for (auto& override : hardware_overrides(request.terms, weights.cols())) overrides.push_back(std::move(override));
  const LoadedHardware hardware = load_hardware(request.hardware, overrides);
  check_kernel(request, hardware.spec);
  MvmResult result{.request = request, .hardware = hardware.spec};
  result.out = weights.rows();
  result.in = weights.cols();
  result.tokens = inputs.rows();
  result.arithmetic = arithmetic_of(request);
  const Program program = one_layer_program(hardware.spec, result.out, result.in);
  describe_mapping(program, result);
  choose_input_ranges(inputs, result);
  result.read_s = watch.lap();

  const Layer layer{request,
                    hardware.spec.tile,
                    weights,
                    {.row_tiles = result.row_tiles,
                     .column_tiles = result.column_tiles,
                     .input_ranges = result.input_ranges,
                     .arithmetic = result.arithmetic,
                     .kernel = request.kernel,
                     .effects = effects_of(request.terms),
                     .seconds = request.seconds,
                     .compensation = request.compensation}};
  const auto linear = build(layer, layer.options.effects);
  result.kernel = linear->kernel();
  result.setup = linear->setup();
  result.program_s = watch.lap();
  result.outputs = multiply(*linear, inputs, result.counts);
  result.multiply_s = watch.lap();
  compare(layer, layer.options.effects, inputs, result);
  result.compare_s = watch.lap();
  result.cost = simulate_layer(program, hardware, result.tokens, result.counts);
  result.timing_s = watch.lap();
  return result;
}

}  // namespace aimc::sim
