#include "workloads/model/safetensors_header.h"

#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/json/json.h"
#include "base/json/view.h"

namespace aimc::workloads {
namespace {

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t largest_header = 100'000'000;  // the limit of the reference implementation

const std::map<std::string, std::uint64_t>& dtype_sizes() {
  static const std::map<std::string, std::uint64_t> sizes{
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"I16", 2}, {"U16", 2}, {"F16", 2},
      {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4},     {"I64", 8},     {"U64", 8}, {"F64", 8}};
  return sizes;
}

/// Reads {"dtype", "shape", "data_offsets"} of one tensor; offsets are relative to the data part of data_size bytes.
SafetensorsEntry read_entry(const JsonView& view, std::uint64_t data_size) {
  for (const auto& item : view.json().items())
    if (item.key() != "dtype" && item.key() != "shape" && item.key() != "data_offsets")
      view.fail(fmt::format("has the unknown member '{}'", item.key()));
  SafetensorsEntry entry;
  entry.dtype = view.at("dtype").text();
  const auto size = dtype_sizes().find(entry.dtype);
  if (size == dtype_sizes().end()) view.at("dtype").fail(fmt::format("the dtype '{}' is unknown", entry.dtype));

  const JsonView shape = view.at("shape");
  std::uint64_t bytes = size->second;
  bool overflow = false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    entry.shape.push_back(shape.item(i).integer(0, INT64_MAX));
    overflow |= __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(entry.shape.back()), &bytes);
  }
  const JsonView offsets = view.at("data_offsets");
  if (offsets.size() != 2) offsets.fail(fmt::format("has {} items, not begin and end", offsets.size()));
  const auto begin = static_cast<std::uint64_t>(offsets.item(0).integer(0, INT64_MAX));
  const auto end = static_cast<std::uint64_t>(offsets.item(1).integer(0, INT64_MAX));
  if (begin > end || end > data_size)
    offsets.fail(
        fmt::format("[{}, {}) is out of range: the file holds {} data bytes (truncated?)", begin, end, data_size));
  if (overflow || bytes != end - begin)
    view.fail(fmt::format("shape {} of {} takes {} bytes, but data_offsets give {}", shape.json().dump(), entry.dtype,
                          overflow ? "more than 2^64" : std::to_string(bytes), end - begin));
  entry.begin = begin;
  entry.bytes = end - begin;
  return entry;
}

/// The tensors must follow each other without overlap or hole and end with the file, as the format demands.
void check_layout(const SafetensorsHeader& header, std::uint64_t data_size, const std::string& name) {
  std::vector<const SafetensorsHeader::value_type*> order;
  for (const auto& entry : header) order.push_back(&entry);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::tie(a->second.begin, a->second.bytes, a->first) < std::tie(b->second.begin, b->second.bytes, b->first);
  });
  std::uint64_t at = 0;
  std::string before = "the start of the data";
  for (const auto* item : order) {
    const auto& [tensor, entry] = *item;
    if (entry.begin < at) throw InputError(fmt::format("{}: tensor '{}' overlaps {}", name, tensor, before));
    if (entry.begin > at)
      throw InputError(
          fmt::format("{}: {} bytes that belong to no tensor lie before '{}'", name, entry.begin - at, tensor));
    at = entry.begin + entry.bytes;
    before = fmt::format("'{}'", tensor);
  }
  if (at != data_size)
    throw InputError(fmt::format("{}: the header describes {} data bytes, the file holds {}", name, at, data_size));
}

void check_metadata(const JsonView& metadata) {
  if (!metadata.json().is_object()) metadata.fail("is not an object of strings");
  for (const auto& item : metadata.json().items()) (void)metadata.at(item.key()).text();
}

}  // namespace

SafetensorsHeader read_safetensors_header(std::span<const std::byte> file, const std::string& name) {
  if (file.size() < length_bytes)
    throw InputError(fmt::format("{}: {} bytes are too few for a safetensors file (truncated?)", name, file.size()));
  std::uint64_t length = 0;  // little-endian
  for (std::uint64_t i = 0; i < length_bytes; ++i) length |= std::to_integer<std::uint64_t>(file[i]) << (8 * i);
  if (length > file.size() - length_bytes || length > largest_header)
    throw InputError(
        fmt::format("{}: the header is said to be {} bytes long, but the file has {} (truncated, or not a "
                    "safetensors file)",
                    name, length, file.size()));
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + length_bytes, length);
  if (text.empty() || text.front() != '{') throw InputError(fmt::format("{}: the header is not a JSON object", name));
  const nlohmann::json json = parse_json(text, name, {.bytes = largest_header, .depth = 4});
  const JsonView view(json, name);
  const std::uint64_t data_size = file.size() - length_bytes - length;

  SafetensorsHeader header;
  for (const auto& item : json.items()) {
    if (item.key() == "__metadata__")
      check_metadata(view.at(item.key()));
    else
      header.emplace(item.key(), read_entry(view.at(item.key()), data_size));
  }
  check_layout(header, data_size, name);
  for (auto& [tensor, entry] : header) entry.begin += length_bytes + length;
  return header;
}

}  // namespace aimc::workloads
