#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace aimc {

/// An fp32 array of a .npy file: shape, and values in C order.
struct NpyArray {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// Reads a NumPy .npy file (format 1.0 to 3.0) of little-endian fp32 in C order; anything else, a damaged header or a
/// size that does not match the shape is an InputError that names the file.
[[nodiscard]] NpyArray read_npy(const std::filesystem::path& path);

/// Writes format 1.0, atomically. The product of the shape must be the number of values. OutputError when it cannot.
void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> shape, std::span<const float> values);

}  // namespace aimc
