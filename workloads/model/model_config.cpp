#include "workloads/model/model_config.h"

#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/json/json.h"
#include "base/json/view.h"

namespace aimc::workloads {
namespace {

// Larger than any model known; keeps every product of two dimensions far from overflow.
constexpr std::int64_t largest_dimension = std::int64_t{1} << 26;

/// Reads fields one by one and remembers every complaint, so that the user sees all of them at once.
class ConfigFields {
 public:
  ConfigFields(const nlohmann::json& json, const std::string& file) : view_(json, file) {}

  std::int64_t dimension(const char* key) {
    return guarded([&] { return view_.at(key).integer(1, largest_dimension); }, std::int64_t{1});
  }
  std::int64_t dimension(const char* key, std::int64_t absent) {
    return guarded(
        [&] {
          const auto field = view_.find(key);
          return field ? field->integer(1, largest_dimension) : absent;
        },
        absent);
  }
  double positive(const char* key, double absent) { return positive_in(view_, key, absent); }
  double positive_in(const JsonView& parent, const char* key, std::optional<double> absent) {
    return guarded(
        [&] {
          const auto field = absent ? parent.find(key) : std::optional(parent.at(key));
          if (!field) return *absent;
          const double value = field->number();
          if (value <= 0) field->fail("must be greater than zero");
          return value;
        },
        absent.value_or(1));
  }
  bool flag(const char* key) {
    return guarded(
        [&] {
          const auto field = view_.find(key);
          return field && field->boolean();
        },
        false);
  }
  std::string text(const char* key, const std::string& absent) {
    return guarded(
        [&] {
          const auto field = view_.find(key);
          return field ? field->text() : absent;
        },
        absent);
  }
  std::optional<JsonView> find(const char* key) {
    return guarded([&] { return view_.find(key); }, std::optional<JsonView>{});
  }
  template <class Read, class Value>
  Value guarded(Read read, Value fallback) {
    try {
      return read();
    } catch (const InputError& error) {
      complaints_ += (complaints_.empty() ? "" : "\n") + std::string(error.what());
      return fallback;
    }
  }
  /// Notes a complaint about one field.
  void complain(const char* key, const std::string& message) {
    guarded([&]() -> int { throw InputError(fmt::format("{}: /{}: {}", view_.file(), key, message)); }, 0);
  }
  void throw_if_any() const {
    if (!complaints_.empty()) throw InputError(complaints_);
  }

 private:
  JsonView view_;
  std::string complaints_;
};

/// "architectures" decides; without it "model_type", as in transformers. A config.json with neither is taken as
/// Llama's, which is how Meta's larger models were published; a wrong guess shows in missing fields or tensors.
Architecture read_architecture(ConfigFields& fields) {
  const auto list = fields.find("architectures");
  const char* key = list ? "architectures" : "model_type";
  const std::string name =
      list ? fields.guarded([&] { return list->item(0).text(); }, std::string()) : fields.text("model_type", "llama");
  if (name == (list ? "LlamaForCausalLM" : "llama")) return Architecture::llama;
  if (name == (list ? "Phi3ForCausalLM" : "phi3")) return Architecture::phi3;
  fields.complain(key, fmt::format("the architecture '{}' is not supported; supported are LlamaForCausalLM and "
                                   "Phi3ForCausalLM",
                                   name));
  fields.throw_if_any();  // the fields of another architecture would only add noise
  return Architecture::llama;
}

void read_rope(ConfigFields& fields, ModelConfig& config) {
  config.rope_theta = fields.positive("rope_theta", 10000);
  const char* key = fields.find("rope_parameters") ? "rope_parameters" : "rope_scaling";
  const auto scaling = fields.find(key);
  if (!scaling) return;
  const std::string type = fields.guarded(
      [&]() -> std::string {
        const auto field = scaling->find("rope_type") ? scaling->find("rope_type") : scaling->find("type");
        return field ? field->text() : "default";
      },
      std::string("default"));
  config.rope_theta = fields.positive_in(*scaling, "rope_theta", config.rope_theta);
  if (type == "default") return;
  if (type != "llama3") {
    fields.complain(key,
                    fmt::format("rope scaling of type '{}' is not supported; supported are none and 'llama3'", type));
    return;
  }
  Llama3RopeScaling llama3;
  llama3.factor = fields.positive_in(*scaling, "factor", std::nullopt);
  llama3.low_freq_factor = fields.positive_in(*scaling, "low_freq_factor", std::nullopt);
  llama3.high_freq_factor = fields.positive_in(*scaling, "high_freq_factor", std::nullopt);
  llama3.original_context = fields.guarded(
      [&] { return scaling->at("original_max_position_embeddings").integer(1, largest_dimension); }, std::int64_t{1});
  if (llama3.high_freq_factor <= llama3.low_freq_factor)
    fields.complain(key, "high_freq_factor must be greater than low_freq_factor");
  config.rope_scaling = llama3;
}

/// Fields whose value would change the computation in a way the graph does not express.
void refuse_unsupported(ConfigFields& fields) {
  for (const char* key : {"attention_bias", "mlp_bias"})
    if (fields.flag(key)) fields.complain(key, "linear layers with a bias are not supported; use a checkpoint without");
  if (const std::string act = fields.text("hidden_act", "silu"); act != "silu")
    fields.complain("hidden_act", fmt::format("the activation '{}' is not supported; supported is 'silu'", act));
  if (fields.positive("partial_rotary_factor", 1) != 1)
    fields.complain("partial_rotary_factor", "rotating only a part of each head is not supported; it must be 1");
  if (fields.find("quantization_config"))
    fields.complain("quantization_config",
                    "quantised checkpoints are not supported; use the original F32, F16 or BF16 one");
}

void read_token_ids(ConfigFields& fields, ModelConfig& config) {
  const std::int64_t last = config.vocabulary - 1;
  const auto id = [&](const JsonView& view) {
    return fields.guarded([&] { return view.integer(-1, last); }, std::int64_t{-1});
  };
  config.bos_id = -1;
  config.stop_ids.clear();
  if (const auto bos = fields.find("bos_token_id")) config.bos_id = id(*bos);
  if (const auto eos = fields.find("eos_token_id")) {
    if (eos->json().is_array())
      for (std::size_t i = 0; i < eos->size(); ++i) config.stop_ids.push_back(id(eos->item(i)));
    else
      config.stop_ids.push_back(id(*eos));
  }
  std::erase(config.stop_ids, -1);
  config.eos_id = config.stop_ids.empty() ? -1 : config.stop_ids.front();
}

void read_shape(ConfigFields& fields, ModelConfig& config) {
  config.hidden = fields.dimension("hidden_size");
  config.intermediate = fields.dimension("intermediate_size");
  config.layers = fields.dimension("num_hidden_layers");
  config.heads = fields.dimension("num_attention_heads");
  config.vocabulary = fields.dimension("vocab_size");
  config.context = fields.dimension("max_position_embeddings");
  config.rms_norm_epsilon = fields.positive("rms_norm_eps", 1e-6);  // the default of Hugging Face's LlamaConfig
  fields.throw_if_any();                                            // the checks below need them all
  config.kv_heads = fields.dimension("num_key_value_heads", config.heads);
  if (!fields.find("head_dim") && config.hidden % config.heads != 0)
    fields.complain(
        "num_attention_heads",
        fmt::format("{} heads do not divide hidden_size {}, and head_dim is not given", config.heads, config.hidden));
  config.head_dim = fields.dimension("head_dim", std::max<std::int64_t>(config.hidden / config.heads, 1));
  if (config.head_dim % 2 != 0)
    fields.complain("head_dim", fmt::format("is {}; rotary embedding needs an even one", config.head_dim));
  if (config.heads % config.kv_heads != 0)
    fields.complain("num_key_value_heads",
                    fmt::format("{} do not divide {} attention heads", config.kv_heads, config.heads));
  if (config.heads * config.head_dim > largest_dimension || config.layers > 65536)
    fields.complain("num_hidden_layers", fmt::format("{} layers of {} x {} head features are more than any model has",
                                                     config.layers, config.heads, config.head_dim));
}

/// "storyteller" of models/storyteller/config.json, "phi-3-mini" of configs/models/phi-3-mini.json.
std::string name_of(const std::filesystem::path& config_json) {
  if (config_json.filename() != "config.json") return config_json.stem().string();
  return std::filesystem::absolute(config_json).lexically_normal().parent_path().filename().string();
}

}  // namespace

ModelConfig read_model_config(const std::filesystem::path& config_json) {
  const nlohmann::json json = read_json_file(config_json, {.bytes = std::size_t{4} << 20, .depth = 16});
  ConfigFields fields(json, config_json.string());
  ModelConfig config;
  config.name = name_of(config_json);
  config.architecture = read_architecture(fields);
  config.fused_projections = config.architecture == Architecture::phi3;
  read_shape(fields, config);
  read_rope(fields, config);
  refuse_unsupported(fields);
  config.tied_head = fields.flag("tie_word_embeddings");
  if (config.architecture == Architecture::phi3) config.sliding_window = fields.dimension("sliding_window", 0);
  read_token_ids(fields, config);
  fields.throw_if_any();
  return config;
}

}  // namespace aimc::workloads
