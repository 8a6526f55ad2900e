#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/tensor/matrix.h"

namespace aimc::workloads {

/// One tensor of a safetensors file: its bytes are data[begin, begin + bytes) of the file.
struct SafetensorsEntry {
  std::string dtype;  ///< as written: "F32", "BF16", ...
  std::vector<Index> shape;
  std::uint64_t begin = 0;  ///< from the start of the file
  std::uint64_t bytes = 0;
};

using SafetensorsHeader = std::unordered_map<std::string, SafetensorsEntry>;

/// Parses and validates the header of a whole safetensors file (8 bytes of header length, JSON, data): the length fits
/// the file, names are unique, dtypes are known, shape x dtype = bytes, and the tensors fill the data part without
/// overlap or hole. Throws InputError that names the file and the tensor. (Format: the safetensors README, "Format".)
SafetensorsHeader read_safetensors_header(std::span<const std::byte> file, const std::string& name);

}  // namespace aimc::workloads
