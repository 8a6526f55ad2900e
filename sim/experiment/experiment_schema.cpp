#include "sim/experiment/experiment_schema.h"

#include "sim/experiment/deployment_schema.h"
#include "sim/experiment/workload_schema.h"
#include "sim/mapping/mapping_schema.h"

namespace aimc::sim {
namespace {

using config::Schema;

Schema<ModelReference> model_schema() {
  Schema<ModelReference> s;
  s.key(
       "path", &ModelReference::path,
       "Model: a Hugging Face directory, a config.json alone (no accuracy then), or a llama2.c .bin file or directory.")
      .required();
  s.key("format", &ModelReference::format, "File format of the model.")
      .choices({{"hugging_face", workloads::ModelFormat::hugging_face}, {"llama2c", workloads::ModelFormat::llama2c}});
  s.key("tokenizer", &ModelReference::tokenizer,
        "Tokenizer file, relative to the model's directory; without it tokenizer.json.");
  return s;
}

Schema<CalibrationOptions> calibration_schema() {
  Schema<CalibrationOptions> s;
  s.key("method", &CalibrationOptions::method,
        "How static input ranges are found (numerics A.4); checkpoint: learned ones, LINEAR.input_range.")
      .choices({{"maximum", CalibrationMethod::maximum},
                {"quantile", CalibrationMethod::quantile},
                {"moving_quantile", CalibrationMethod::moving_quantile},
                {"standard_deviation", CalibrationMethod::standard_deviation},
                {"checkpoint", CalibrationMethod::checkpoint}});
  s.key("quantile", &CalibrationOptions::quantile, "Quantile of the inputs that becomes the range.").range(0.5, 1.0);
  s.key("quantile_of", &CalibrationOptions::quantile_of, "Whether the quantile is of magnitudes or of signed values.")
      .choices({{"magnitudes", QuantileOf::magnitudes}, {"signed_values", QuantileOf::signed_values}});
  s.key("standard_deviations", &CalibrationOptions::standard_deviations, "Range in standard deviations of the inputs.")
      .range(0.1, 1000.0);
  return s;
}

Schema<AccuracySpec> accuracy_schema() {
  Schema<AccuracySpec> s;
  s.key("task", &AccuracySpec::task, "Task file; without it accuracy is not measured.");
  s.key("text_limit", &AccuracySpec::text_limit, "At most so many texts; 0: as the task says.").range(0, 1000000);
  s.key("choice_limit", &AccuracySpec::choice_limit, "At most so many cloze items; 0: as the task says.")
      .range(0, 1000000);
  s.key("seeds", &AccuracySpec::seeds, "Noise seeds of every noisy deployment.").range(1, 10000);
  s.key("layer_tokens", &AccuracySpec::layer_tokens,
        "Tokens of the calibration text on which each linear of the timed deployment is looked at (fewer for large "
        "models); 0: not at all.")
      .range(0, 1000000);
  s.key("calibration_text", &AccuracySpec::calibration_text,
        "Text whose activations set the static input ranges; never the evaluation text.");
  s.key("calibration_texts", &AccuracySpec::calibration_texts, "At most so many texts of it; 0: all.")
      .range(0, 1000000);
  s.section("calibration", &AccuracySpec::calibration, calibration_schema(), "How static input ranges are found.");
  return s;
}

}  // namespace

const Schema<ExperimentSpec>& experiment_schema() {
  static const Schema<ExperimentSpec> schema = [] {
    Schema<ExperimentSpec> s;
    s.key("name", &ExperimentSpec::name, "Name of the experiment; without it the file's name.");
    s.section("model", &ExperimentSpec::model, model_schema(), "The language model.", true);
    s.key("hardware", &ExperimentSpec::hardware_name,
          "Hardware preset by name, a file, or a mapping: {preset: hermes-64, tile: {adc: {bits: 6}}}.")
        .required();
    s.list("deployments", &ExperimentSpec::deployments, deployment_schema(),
           "What is compared; the first is the reference. A name of the paper or a mapping.");
    s.section("accuracy", &ExperimentSpec::accuracy, accuracy_schema(), "What accuracy is measured on.");
    s.section("workload", &ExperimentSpec::workload, workload_schema(), "What is timed.");
    s.section("mapping", &ExperimentSpec::mapping, mapping_schema(), "How the model is laid over the chips.");
    s.section("breakeven", &ExperimentSpec::break_even, break_even_schema(),
              "What aimcsim breakeven compares the hardware with.");
    s.key("seed", &ExperimentSpec::seed, "Seed of every random number.");
    return s;
  }();
  return schema;
}

}  // namespace aimc::sim
