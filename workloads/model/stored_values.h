#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace aimc::workloads {

/// How a checkpoint stores a floating-point value.
enum class StoredType { f32, f16, bf16 };

/// The type of a safetensors dtype ("F32", "F16", "BF16"), nothing for any other.
[[nodiscard]] std::optional<StoredType> stored_type(std::string_view dtype);
[[nodiscard]] std::string_view dtype_name(StoredType type);
[[nodiscard]] std::size_t bytes_per_value(StoredType type);

/// Converts little-endian stored values (any alignment) to fp32, exactly; bytes.size() = values.size() x
/// bytes_per_value.
void load_values(StoredType type, std::span<const std::byte> bytes, std::span<float> values);

/// Converts fp32 values to stored ones, rounding to nearest even.
void store_values(StoredType type, std::span<const float> values, std::span<std::byte> bytes);

}  // namespace aimc::workloads
