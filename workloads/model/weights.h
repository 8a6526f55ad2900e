#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/tensor/matrix.h"
#include "workloads/model/model_config.h"

namespace aimc::workloads {

/// The shape that a reader expects; a vector has one row.
struct TensorShape {
  Index rows = 0, columns = 0;
};

/// Where the tensors of a checkpoint come from. Names are those of the Hugging Face checkpoint
/// ("model.layers.3.self_attn.q_proj.weight"), whatever the file format. Nothing is read before it is asked for.
class WeightSource {
 public:
  virtual ~WeightSource() = default;
  /// The shape as stored, [] for a scalar, [n] for a vector and [out, in] for a matrix; nothing if there is no such
  /// tensor.
  [[nodiscard]] virtual std::optional<std::vector<Index>> shape(const std::string& name) const = 0;
  [[nodiscard]] bool contains(const std::string& name) const { return shape(name).has_value(); }
  /// Rows [first, first + to.rows()) of a tensor [rows, columns], converted to fp32, into to [any, columns]; a vector
  /// is [1, n], a scalar [1, 1]. Throws InputError if the tensor is missing, its shape is not [rows, columns], its type
  /// is none that converts, or these rows hold a value that is not finite. Thread-safe.
  virtual void read_rows(const std::string& name, const TensorShape& shape, Index first, MatrixSpan to) const = 0;
  /// The whole tensor, [rows, columns].
  [[nodiscard]] Matrix read(const std::string& name, Index rows, Index columns) const;
};

/// safetensors (F32, F16, BF16), a single file or a directory with model.safetensors or (sharded)
/// model.safetensors.index.json, by mmap. The whole header is validated at opening: offsets in range, no overlap and no
/// hole, dtype and shape agree with the byte count. Throws InputError.
std::unique_ptr<WeightSource> open_safetensors(const std::filesystem::path& directory_or_file);

/// A llama2.c checkpoint (legacy header of seven int32, fp32), its tensors under Hugging Face names and unpermuted
/// (RopeLayout::interleaved). The file's size must be exactly what the header says. Throws InputError.
std::unique_ptr<WeightSource> open_llama2c(const std::filesystem::path& file);
ModelConfig read_llama2c_config(const std::filesystem::path& file);

/// The source of a model whose head is tied: "lm_head.weight" reads "model.embed_tokens.weight" (a copy, so noise put
/// on the head never reaches the embedding).
std::shared_ptr<const WeightSource> tie_head(std::shared_ptr<const WeightSource> source);

/// A tensor that a graph needs; a vector (the gain of a norm) has one row.
struct TensorRequirement {
  std::string name;
  Index rows = 0, columns = 0;
};
std::vector<TensorRequirement> required_tensors(const Graph& graph);

/// Checks at once that every tensor of the graph is there with its shape; lists all that are not (InputError).
void check_weights(const WeightSource& source, const Graph& graph);

}  // namespace aimc::workloads
