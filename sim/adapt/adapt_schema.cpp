#include "sim/adapt/adapt_schema.h"

#include <algorithm>
#include <functional>

#include "sim/program/load_hardware.h"

namespace aimc::adapt {
namespace {

using config::Schema;

const std::vector<std::pair<std::string, workloads::ModelFormat>>& format_choices() {
  static const std::vector<std::pair<std::string, workloads::ModelFormat>> choices{
      {"hugging_face", workloads::ModelFormat::hugging_face}, {"llama2c", workloads::ModelFormat::llama2c}};
  return choices;
}

Schema<StudentSpec> student_schema() {
  Schema<StudentSpec> s;
  s.key("path", &StudentSpec::path,
        "Model that is adapted: a Hugging Face directory, a llama2.c .bin file, or a config.json alone, whose weights "
        "are drawn.")
      .required();
  s.key("format", &StudentSpec::format, "File format of the model.").choices(format_choices());
  s.key("initial_deviation", &StudentSpec::initial_deviation, "Standard deviation of drawn weights.").range(0.0, 1.0);
  return s;
}

Schema<ModelReference> teacher_schema() {
  Schema<ModelReference> s;
  s.key("path", &ModelReference::path, "Teacher, frozen; without the section it is the model itself.").required();
  s.key("format", &ModelReference::format, "File format of the teacher.").choices(format_choices());
  return s;
}

Schema<DataSpec> data_schema() {
  Schema<DataSpec> s;
  s.key("tokens", &DataSpec::tokens, "Token file that 'aimcsim synthesize' or 'aimcsim tokenize' wrote.").required();
  s.key("batching", &DataSpec::batching,
        "packed: sequences of one length; documents: whole ones of similar length, padded.")
      .choices({{"packed", Batching::packed}, {"documents", Batching::documents}});
  s.key("sequence_length", &DataSpec::sequence_length,
        "Packed: sequences are cut into pieces of this length; 0: as they are.")
      .range(0, 1 << 20);
  s.key("sequences", &DataSpec::sequences, "Packed: sequences of one optimiser step, over all processes.")
      .range(1, 1 << 20);
  s.key("tokens_per_step", &DataSpec::tokens_per_step, "Documents: padded tokens of one optimiser step, at most.")
      .range(1, 1 << 30);
  s.key("accumulate", &DataSpec::accumulate, "Parts that a step's sequences are computed in (gradient accumulation).")
      .range(1, 1 << 16);
  s.key("held_out", &DataSpec::held_out, "Share of the sequences that is never trained on.").range(0.0, 0.5);
  return s;
}

Schema<AnalogSpec> analog_schema() {
  Schema<AnalogSpec> s;
  s.key("inputs", &AnalogSpec::inputs, "DAC codes with straight-through gradients and learned ranges (D.6, D.7).");
  s.key("outputs", &AnalogSpec::outputs, "ADC codes with straight-through gradients (D.7).");
  s.key("weight_noise", &AnalogSpec::weight_noise,
        "Noise on the weights at each forward, a share of the channel's largest weight (gamma of A.5).")
      .range(0.0, 1.0);
  s.key("noise_gradient", &AnalogSpec::noise_gradient,
        "constant: the noise is a constant of the gradient (D.7); scale: its size is a multiple of the channel's root "
        "mean square, so that training also lowers the weights that make it.")
      .choices({{"constant", NoiseGradient::constant}, {"scale", NoiseGradient::scale}});
  s.key("antithetic", &AnalogSpec::antithetic,
        "Every part of a step is computed twice, with its noise and with the noise mirrored: gradients lose what the "
        "noise changes to first order.");
  s.key("clip", &AnalogSpec::clip,
        "Weights are clipped at so many standard deviations of their channel after each step (alpha of D.4); 0: not.")
      .range(0.0, 1000.0);
  s.key("weight_bits", &AnalogSpec::weight_bits, "Fake quantisation of the weights (A.6); 0: none.").range(0, 8);
  s.key("full_precision", &AnalogSpec::full_precision, "Parts of names of linears that stay floating point.");
  return s;
}

Schema<RangeSpec> range_schema() {
  Schema<RangeSpec> s;
  s.key("initial", &RangeSpec::initial,
        "First ranges: standard deviations of the inputs (D.5), those with the least error of the outputs, or those of "
        "the model (LINEAR.input_range), where it was adapted before.")
      .choices({{"deviations", InitialRange::deviations},
                {"least_error", InitialRange::least_error},
                {"checkpoint", InitialRange::checkpoint}});
  s.key("initial_forwards", &RangeSpec::initial_forwards,
        "Forward passes whose inputs set the ranges first (D.5); none with initial: checkpoint.")
      .range(0, 1 << 30);
  s.key("initial_deviations", &RangeSpec::initial_deviations,
        "First range in standard deviations of the inputs (kappa of D.5).")
      .range(0.1, 1000.0);
  s.key("decay", &RangeSpec::decay, "Pull towards smaller ranges while few inputs are clipped (D.6).").range(0.0, 1.0);
  s.key("least_inside", &RangeSpec::least_inside, "Share of inputs inside the range above which it shrinks (p_min).")
      .range(0.0, 1.0);
  s.key("rate", &RangeSpec::rate, "Learning rate of the ranges over that of the weights.").range(0.0, 10000.0);
  s.key("relative", &RangeSpec::relative,
        "A range's steps are shares of it: ranges of 0.5 and of 20 in one model move alike.");
  return s;
}

Schema<LossSpec> loss_schema() {
  Schema<LossSpec> s;
  s.key("distillation", &LossSpec::distillation, "Share of the distillation loss; the rest is the language model's.")
      .range(0.0, 1.0);
  s.key("temperature", &LossSpec::temperature, "Temperature of both distributions in the distillation loss (D.1).")
      .range(0.01, 100.0);
  return s;
}

Schema<RatePoint> rate_point_schema() {
  Schema<RatePoint> s;
  s.key("step", &RatePoint::step, "Step, counted from 0.").minimum(0).required();
  s.key("share", &RatePoint::share, "Learning rate there over the peak rate; straight lines between.")
      .range(0.0, 1.0)
      .required();
  return s;
}

Schema<OptimiserSpec> optimiser_schema() {
  Schema<OptimiserSpec> s;
  s.key("kind", &OptimiserSpec::kind, "muon: for the matrices of the layers, adamw for the rest.")
      .choices({{"adamw", OptimiserKind::adamw}, {"muon", OptimiserKind::muon}});
  s.key("rate", &OptimiserSpec::rate, "Peak learning rate.").positive();
  s.key("last_rate", &OptimiserSpec::last_rate, "Learning rate of the last step.").minimum(0.0);
  s.key("warm_up", &OptimiserSpec::warm_up, "Share of the steps in which the rate rises from 0.").range(0.0, 1.0);
  s.list("schedule", &OptimiserSpec::schedule, rate_point_schema(), "Points that replace warm_up and last_rate.");
  s.key("beta1", &OptimiserSpec::beta1, "Decay of the mean gradient.").range(0.0, 0.9999);
  s.key("beta2", &OptimiserSpec::beta2, "Decay of the mean squared gradient.").range(0.0, 0.999999);
  s.key("epsilon", &OptimiserSpec::epsilon, "Added to the root of the mean squared gradient.").minimum(0.0);
  s.key("weight_decay", &OptimiserSpec::weight_decay, "Decoupled weight decay.").range(0.0, 1.0);
  s.key("average", &OptimiserSpec::average,
        "Decay of the moving average of the weights that is evaluated and written in place of the last; 0: none.")
      .range(0.0, 0.999999);
  s.key("momentum", &OptimiserSpec::momentum, "Momentum of muon.").range(0.0, 0.9999);
  s.key("gradient_norm", &OptimiserSpec::gradient_norm, "Gradients are scaled down to this norm; 0: never.")
      .minimum(0.0);
  return s;
}

Schema<RotationSpec> rotation_schema() {
  Schema<RotationSpec> s;
  s.key("rate", &RotationSpec::rate, "First step size of Cayley SGD; falls to 0 along a cosine.").positive();
  s.key("momentum", &RotationSpec::momentum, "Its momentum.").range(0.0, 0.9999);
  return s;
}

Schema<SaveSpec> save_schema() {
  Schema<SaveSpec> s;
  s.key("every", &SaveSpec::every, "Steps between checkpoints.").minimum(1);
  s.key("keep", &SaveSpec::keep, "Checkpoints that stay on the disk.").minimum(1);
  s.key("log_every", &SaveSpec::log_every, "Steps between lines of progress.csv.").minimum(1);
  s.key("weights", &SaveSpec::weights, "Number format of the weights of the model that is written.")
      .choices({{"fp32", Precision::fp32}, {"bf16", Precision::bf16}});
  return s;
}

Schema<PeriodicEvaluationSpec> evaluation_schema() {
  Schema<PeriodicEvaluationSpec> s;
  s.key("experiment", &PeriodicEvaluationSpec::experiment,
        "Experiment that 'aimcsim run' plays on the model as it is then.")
      .required();
  s.key("every", &PeriodicEvaluationSpec::every, "Steps between evaluations.").minimum(1);
  s.key("set", &PeriodicEvaluationSpec::set, "Overrides of that experiment, as for --set.");
  return s;
}

void check_together(const AdaptSpec& spec, const Schema<AdaptSpec>::ErrorAt& error) {
  const bool analog = spec.analog.inputs || spec.analog.outputs;
  if (analog && !spec.hardware)
    error("hardware", "analog.inputs and analog.outputs take bits, rows and out_bound from the hardware: name one");
  if (analog && spec.hardware && spec.hardware->tile.input.range == tiles::InputRangeMode::dynamic_range)
    error("hardware", "tile.input.range: training learns static ranges; the hardware takes dynamic ones");
  if (analog && spec.hardware && spec.hardware->tile.input.bits > 9)
    error("hardware", "tile.input.bits: codes of more than 9 bits do not fit the products' number format");
  if (analog && spec.hardware && spec.hardware->chip.tiles == 0)
    error("hardware", "this hardware has no tiles to be analog on; choose one that has, or set its tile's keys");
  if (spec.analog.outputs && !spec.analog.inputs)
    error("analog", "analog.outputs needs analog.inputs: the ADC converts sums of DAC codes");
  if (spec.data.batching == Batching::documents && spec.loss.distillation > 0)
    error("data", "batching: documents goes with the plain language-model loss (loss.distillation: 0)");
  if (spec.data.batching == Batching::packed && spec.data.sequences % spec.data.accumulate != 0)
    error("data", "sequences must be a multiple of accumulate");
  if (spec.analog.noise_gradient == NoiseGradient::scale && spec.analog.weight_bits > 0)
    error("analog",
          "noise_gradient: scale goes with weight_bits: 0: the difference to held weights must be noise alone");
  if (std::ranges::adjacent_find(spec.optimiser.schedule, std::greater_equal(), &RatePoint::step) !=
      spec.optimiser.schedule.end())
    error("optimiser", "schedule: steps must rise from point to point");
  if (spec.rotation && spec.device != "cpu") error("device", "rotations are learned on the cpu");
  const bool brought = spec.ranges.initial == InitialRange::checkpoint;
  if (spec.steps == 0 && !spec.rotation && (!spec.analog.inputs || spec.ranges.initial_forwards == 0 || brought))
    error("steps",
          "at least 1; 0 finds input ranges alone, which needs analog.inputs, ranges.initial_forwards and a "
          "ranges.initial that is not checkpoint");
  if (brought && (spec.rotation || !spec.analog.inputs))
    error("ranges",
          "initial: checkpoint needs linears that read what they read before through a DAC: no rotation, and "
          "analog.inputs");
  if (spec.analog.weight_bits == 1) error("analog", "weight_bits: 0 or 2 to 8");
}

Schema<AdaptSpec> make_schema() {
  Schema<AdaptSpec> s;
  s.key("name", &AdaptSpec::name, "Name of the adaptation; without it the file's name.");
  s.section("model", &AdaptSpec::model, student_schema(), "The model that is adapted.", true);
  s.section("teacher", &AdaptSpec::teacher, teacher_schema(), "The frozen teacher.");
  s.section("data", &AdaptSpec::data, data_schema(), "Training text, as token ids.", true);
  s.section("hardware", &AdaptSpec::hardware, sim::hardware_schema(),
            "Hardware preset by name, a file, or a mapping: {preset: hermes-64, tile: {adc: {bits: 6}}}.");
  s.section("analog", &AdaptSpec::analog, analog_schema(), "The numbers of the student's linears (numerics A).");
  s.section("ranges", &AdaptSpec::ranges, range_schema(), "Input ranges (numerics D.5, D.6).");
  s.section("loss", &AdaptSpec::loss, loss_schema(), "The loss (numerics D.1).");
  s.section("optimiser", &AdaptSpec::optimiser, optimiser_schema(), "Optimiser and schedule (numerics D.2).");
  s.section(
      "rotation", &AdaptSpec::rotation, rotation_schema(),
      "Rotations of the weights before quantisation in place of training (SpinQuant); steps: 0 leaves random ones.");
  s.key("steps", &AdaptSpec::steps, "Optimiser steps; 0: first input ranges alone, the weights stay as they are.")
      .minimum(0)
      .required();
  s.key("dropout", &AdaptSpec::dropout, "Share of the residual branches' values that is dropped.").range(0.0, 0.9);
  s.key("precision", &AdaptSpec::precision, "Number format of the matrix products; weights are kept in fp32.")
      .choices({{"fp32", Precision::fp32}, {"bf16", Precision::bf16}});
  s.key("recompute_layers", &AdaptSpec::recompute_layers,
        "Keep only each layer's input and compute the rest again going backwards (activation checkpointing).");
  s.key("device", &AdaptSpec::device, "cpu, cuda or cuda:N.");
  s.key("seed", &AdaptSpec::seed, "Seed of noise, dropout, drawn weights and the order of the data.");
  s.section("save", &AdaptSpec::save, save_schema(), "Checkpoints and progress.");
  s.section("evaluation", &AdaptSpec::evaluation, evaluation_schema(), "Periodic evaluation by aimcsim.");
  s.check(check_together);
  return s;
}

}  // namespace

const config::Schema<AdaptSpec>& adapt_schema() {
  static const Schema<AdaptSpec> schema = make_schema();
  return schema;
}

}  // namespace aimc::adapt
