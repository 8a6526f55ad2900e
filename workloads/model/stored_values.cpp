#include "workloads/model/stored_values.h"

#include <Eigen/Core>
#include <bit>
#include <cstring>

#include "base/check/check.h"

namespace aimc::workloads {
namespace {

static_assert(std::endian::native == std::endian::little, "checkpoints are little-endian and are copied as they are");

template <class Stored>
void load(std::span<const std::byte> bytes, std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));  // mapped data may be unaligned
    values[i] = static_cast<float>(stored);
  }
}

template <class Stored>
void store(std::span<const float> values, std::span<std::byte> bytes) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Stored stored(values[i]);
    std::memcpy(bytes.data() + i * sizeof(Stored), &stored, sizeof(Stored));
  }
}

}  // namespace

std::optional<StoredType> stored_type(std::string_view dtype) {
  for (const StoredType type : {StoredType::f32, StoredType::f16, StoredType::bf16})
    if (dtype == dtype_name(type)) return type;
  return std::nullopt;
}

std::string_view dtype_name(StoredType type) {
  return type == StoredType::f32 ? "F32" : type == StoredType::f16 ? "F16" : "BF16";
}

std::size_t bytes_per_value(StoredType type) { return type == StoredType::f32 ? 4 : 2; }

void load_values(StoredType type, std::span<const std::byte> bytes, std::span<float> values) {
  AIMC_CHECK(bytes.size() == values.size() * bytes_per_value(type), "{} bytes for {} values", bytes.size(),
             values.size());
  if (type == StoredType::f32) return load<float>(bytes, values);
  if (type == StoredType::f16) return load<Eigen::half>(bytes, values);
  load<Eigen::bfloat16>(bytes, values);
}

void store_values(StoredType type, std::span<const float> values, std::span<std::byte> bytes) {
  AIMC_CHECK(bytes.size() == values.size() * bytes_per_value(type), "{} bytes for {} values", bytes.size(),
             values.size());
  if (type == StoredType::f32) return store<float>(values, bytes);
  if (type == StoredType::f16) return store<Eigen::half>(values, bytes);
  store<Eigen::bfloat16>(values, bytes);
}

}  // namespace aimc::workloads
