#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/tensor/matrix.h"
#include "workloads/model/stored_values.h"

namespace aimc::workloads {

/// A tensor to be written. With is_vector the one row of `values` is stored as shape [n], as norms have it.
struct NamedTensor {
  std::string name;
  Matrix values;
  bool is_vector = false;
  StoredType type = StoredType::f32;
};

/// The bytes of a safetensors file with these tensors in this order, header padded to 8 bytes.
std::string safetensors_bytes(const std::vector<NamedTensor>& tensors);

/// Writes them to a file, which appears only when it is complete. Throws like write_file_atomically.
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors);

}  // namespace aimc::workloads
