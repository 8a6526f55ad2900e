#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "sim/adapt/torch.h"
#include "workloads/model/stored_values.h"

namespace aimc::adapt {

using NamedTensors = std::map<std::string, at::Tensor>;

/// Writes vectors and matrices to a safetensors file, which appears only when it is complete; input ranges always in
/// fp32. Throws OutputError.
void write_tensors(const std::filesystem::path& file, const NamedTensors& tensors, workloads::StoredType type);

/// Reads tensors [n] or [rows, columns] of these names and sizes from a safetensors file. Throws InputError.
class TensorFile {
 public:
  explicit TensorFile(const std::filesystem::path& file);
  ~TensorFile();
  [[nodiscard]] bool contains(const std::string& name) const;
  /// fp32, shaped as `like`.
  [[nodiscard]] at::Tensor read(const std::string& name, const at::Tensor& like) const;

 private:
  struct Source;
  std::unique_ptr<Source> source_;
};

}  // namespace aimc::adapt
