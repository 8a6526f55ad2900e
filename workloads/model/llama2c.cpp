#include <cstring>

#include "base/check/error.h"
#include "base/files/mapped_file.h"
#include "workloads/model/stored_tensor.h"
#include "workloads/model/weights.h"

// The legacy checkpoint of karpathy/llama2.c (export.py, legacy_export): seven int32, then fp32 tensors, those of all
// layers together. A negative vocabulary marks an untied head.
namespace aimc::workloads {
namespace {

constexpr std::int64_t header_bytes = 28;
constexpr std::int64_t largest_field = std::int64_t{1} << 24;

struct Header {
  std::int32_t hidden, intermediate, layers, heads, kv_heads, vocabulary, context;
};
static_assert(sizeof(Header) == header_bytes);

struct Place {
  Index rows, columns;  ///< rows == 1 and is_vector: a norm's gain
  std::int64_t offset;  ///< bytes from the start of the file
  bool is_vector;
};

ModelConfig parse_header(std::span<const std::byte> file, const std::string& name) {
  Header header{};
  if (static_cast<std::int64_t>(file.size()) < header_bytes)
    throw InputError(fmt::format("{}: {} bytes are too few for a llama2.c checkpoint (truncated?)", name, file.size()));
  std::memcpy(&header, file.data(), sizeof(header));
  const auto fail = [&](const std::string& what) {
    throw InputError(fmt::format("{}: not a llama2.c checkpoint: {}", name, what));
  };
  ModelConfig config;
  config.hidden = header.hidden;
  config.intermediate = header.intermediate;
  config.layers = header.layers;
  config.heads = header.heads;
  config.kv_heads = header.kv_heads;
  config.vocabulary = std::abs(static_cast<std::int64_t>(header.vocabulary));
  config.context = header.context;
  config.tied_head = header.vocabulary > 0;
  for (const auto& [what, value] : {std::pair{"dim", config.hidden},
                                    {"hidden_dim", config.intermediate},
                                    {"n_layers", config.layers},
                                    {"n_heads", config.heads},
                                    {"n_kv_heads", config.kv_heads},
                                    {"vocab_size", config.vocabulary},
                                    {"seq_len", config.context}})
    if (value < 1 || value > largest_field) fail(fmt::format("its header says {} = {}", what, value));
  if (config.hidden % config.heads != 0 || config.hidden / config.heads % 2 != 0 || config.heads % config.kv_heads != 0)
    fail(fmt::format("dim {}, {} heads and {} KV heads do not divide", config.hidden, config.heads, config.kv_heads));
  config.head_dim = config.hidden / config.heads;
  config.rope_layout = RopeLayout::interleaved;
  config.stop_ids = {2, 1};  // run.c ends a text at BOS, which is what the stories were separated by in training
  config.name = std::filesystem::path(name).stem().string();
  return config;
}

/// The tensors in the order of the file, under their Hugging Face names.
class Layout {
 public:
  explicit Layout(const ModelConfig& c) : layers_(c.layers) {
    const std::int64_t kv_width = c.kv_heads * c.head_dim;
    matrix("model.embed_tokens.weight", c.vocabulary, c.hidden);
    each_layer("input_layernorm.weight", 1, c.hidden, true);
    each_layer("self_attn.q_proj.weight", c.hidden, c.hidden);
    each_layer("self_attn.k_proj.weight", kv_width, c.hidden);
    each_layer("self_attn.v_proj.weight", kv_width, c.hidden);
    each_layer("self_attn.o_proj.weight", c.hidden, c.hidden);
    each_layer("post_attention_layernorm.weight", 1, c.hidden, true);
    each_layer("mlp.gate_proj.weight", c.intermediate, c.hidden);
    each_layer("mlp.down_proj.weight", c.hidden, c.intermediate);
    each_layer("mlp.up_proj.weight", c.intermediate, c.hidden);
    matrix("model.norm.weight", 1, c.hidden, true);
    skip(c.context * c.head_dim);  // rotary tables of the old format, never read
    if (!c.tied_head) matrix("lm_head.weight", c.vocabulary, c.hidden);
  }
  [[nodiscard]] std::int64_t file_bytes() const { return at_; }
  [[nodiscard]] std::unordered_map<std::string, Place> take_places() && { return std::move(places_); }

 private:
  // Saturates: a lying header may ask for more than fits 64 bits, and then no offset is ever used.
  void skip(std::int64_t values) { at_ = std::min(at_ + 4 * values, std::int64_t{1} << 61); }
  void matrix(const std::string& name, Index rows, Index columns, bool is_vector = false) {
    places_[name] = {rows, columns, at_, is_vector};
    skip(rows * columns);
  }
  void each_layer(const std::string& name, Index rows, Index columns, bool is_vector = false) {
    for (std::int64_t layer = 0; layer < layers_; ++layer)
      matrix(fmt::format("model.layers.{}.{}", layer, name), rows, columns, is_vector);
  }

  std::int64_t layers_;
  std::int64_t at_ = header_bytes;
  std::unordered_map<std::string, Place> places_;
};

class Llama2cFile : public WeightSource {
 public:
  explicit Llama2cFile(const std::filesystem::path& path) : file_(path), name_(path.string()) {
    Layout layout = check(file_.bytes(), name_).second;
    places_ = std::move(layout).take_places();
  }

  static std::pair<ModelConfig, Layout> check(std::span<const std::byte> file, const std::string& name) {
    ModelConfig config = parse_header(file, name);
    // A lying layer count would cost memory before the size shows the lie.
    if (static_cast<std::uint64_t>(config.layers) > file.size())
      throw InputError(
          fmt::format("{}: not a llama2.c checkpoint: {} layers in {} bytes", name, config.layers, file.size()));
    Layout layout(config);
    if (layout.file_bytes() != static_cast<std::int64_t>(file.size()))
      throw InputError(
          fmt::format("{}: the header asks for {} bytes, the file has {} (truncated, or not a llama2.c "
                      "checkpoint)",
                      name, layout.file_bytes(), file.size()));
    return {std::move(config), std::move(layout)};
  }

  [[nodiscard]] std::optional<std::vector<Index>> shape(const std::string& name) const override {
    const auto found = places_.find(name);
    if (found == places_.end()) return std::nullopt;
    const Place& place = found->second;
    return place.is_vector ? std::vector<Index>{place.columns} : std::vector<Index>{place.rows, place.columns};
  }

  void read_rows(const std::string& name, const TensorShape& shape, Index first, MatrixSpan to) const override {
    const auto found = places_.find(name);
    if (found == places_.end()) throw InputError(fmt::format("{}: there is no tensor '{}'", name_, name));
    const Place& place = found->second;
    if (place.rows != shape.rows || place.columns != shape.columns)
      throw InputError(fmt::format("{}: tensor '{}' has shape [{}, {}], not [{}, {}]", name_, name, place.rows,
                                   place.columns, shape.rows, shape.columns));
    const auto bytes = file_.bytes().subspan(static_cast<std::size_t>(place.offset),
                                             4 * static_cast<std::size_t>(place.rows * place.columns));
    load_rows({StoredType::f32, bytes, shape, fmt::format("{}: tensor '{}'", name_, name)}, first, to);
  }

 private:
  MappedFile file_;
  std::string name_;
  std::unordered_map<std::string, Place> places_;
};

}  // namespace

std::unique_ptr<WeightSource> open_llama2c(const std::filesystem::path& file) {
  return std::make_unique<Llama2cFile>(file);
}

ModelConfig read_llama2c_config(const std::filesystem::path& file) {
  const MappedFile mapped(file);
  return Llama2cFile::check(mapped.bytes(), file.string()).first;
}

}  // namespace aimc::workloads
