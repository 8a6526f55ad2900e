#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/tensor/matrix.h"
#include "workloads/model/model_config.h"

namespace aimc::workloads {

/// Where the tensors of a checkpoint come from. Names are those of the Hugging Face checkpoint
/// ("model.layers.3.self_attn.q_proj.weight"), whatever the file format. Nothing is read before it is asked for.
class WeightSource {
 public:
  virtual ~WeightSource() = default;
  [[nodiscard]] virtual bool contains(const std::string& name) const = 0;
  /// The tensor converted to fp32; a vector comes as [1, n]. Throws InputError if it is missing or its shape is not
  /// [rows, columns].
  [[nodiscard]] virtual Matrix read(const std::string& name, Index rows, Index columns) const = 0;
};

/// safetensors (F32, F16, BF16), single file or sharded with model.safetensors.index.json, by mmap. The whole header is
/// validated at opening: offsets in range, no overlap, dtype and shape agree with the byte count. Throws InputError.
std::unique_ptr<WeightSource> open_safetensors(const std::filesystem::path& directory_or_file);

/// A llama2.c checkpoint (legacy header of seven int32, fp32), its tensors under Hugging Face names.
std::unique_ptr<WeightSource> open_llama2c(const std::filesystem::path& file);
ModelConfig read_llama2c_config(const std::filesystem::path& file);

/// Checks at once that every tensor of the graph is there with its shape; lists all that are not (InputError).
void check_weights(const WeightSource& source, const Graph& graph);

/// Writes fp32 tensors as a safetensors file (used by tests and conversions).
}  // namespace aimc::workloads
