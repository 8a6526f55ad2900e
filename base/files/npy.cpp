#include "base/files/npy.h"

#include <charconv>
#include <cstring>

#include "base/check/check.h"
#include "base/files/mapped_file.h"
#include "base/files/text_file.h"

// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
namespace aimc {
namespace {

constexpr std::string_view magic("\x93NUMPY", 6);

[[noreturn]] void refuse(const MappedFile& file, const std::string& reason) {
  throw InputError(fmt::format("{}: not a usable .npy file: {}", file.path().string(), reason));
}

/// The header's length field and where the header starts.
struct HeaderPlace {
  std::size_t start = 0;
  std::size_t length = 0;
};

HeaderPlace find_header(const MappedFile& file) {
  const auto prefix = file.bytes(0, 10);
  if (std::memcmp(prefix.data(), magic.data(), magic.size()) != 0) refuse(file, "it does not start with NumPy's magic");
  const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(file.bytes(i, 1)[0]); };
  const std::size_t version = byte(6);
  if (version == 1) return {10, byte(8) | byte(9) << 8};
  if (version == 2 || version == 3) return {12, byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24};
  refuse(file, fmt::format("format version {} is unknown", version));
}

/// The text after 'key': in the header's Python dictionary.
std::string_view entry(const MappedFile& file, std::string_view header, std::string_view key) {
  const auto at = header.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) refuse(file, fmt::format("its header has no '{}'", key));
  std::string_view rest = header.substr(at + key.size() + 3);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return rest;
}

/// The type as the header names it: a quoted word, or "a record" for anything longer.
std::string type_text(std::string_view text) {
  const auto end = text.starts_with('\'') ? text.find('\'', 1) : std::string_view::npos;
  constexpr std::size_t longest = 16;
  return end == std::string_view::npos || end > longest ? "a record" : std::string(text.substr(0, end + 1));
}

std::vector<std::int64_t> read_shape(const MappedFile& file, std::string_view text) {
  const auto end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) refuse(file, "its shape is malformed");
  text = text.substr(1, end - 1);
  std::vector<std::int64_t> shape;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    if (text.empty()) return shape;
    std::int64_t size = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), size);
    if (result.ec != std::errc() || size < 0) refuse(file, "its shape is malformed");
    shape.push_back(size);
    text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  }
}

/// The number of values, or nothing when it overflows.
std::optional<std::size_t> product(std::span<const std::int64_t> shape) {
  std::size_t count = 1;
  for (const std::int64_t size : shape) {
    if (__builtin_mul_overflow(count, static_cast<std::size_t>(size), &count)) return std::nullopt;
  }
  return count;
}

}  // namespace

NpyArray read_npy(const std::filesystem::path& path) {
  const MappedFile file(path);
  const HeaderPlace place = find_header(file);
  const auto header_bytes = file.bytes(place.start, place.length);
  const std::string_view header(reinterpret_cast<const char*>(header_bytes.data()), header_bytes.size());
  if (const auto type = entry(file, header, "descr"); !type.starts_with("'<f4'"))
    refuse(file, fmt::format("its dtype is {}, only little-endian fp32 ('<f4') is supported: numpy.save(file, "
                             "array.astype('<f4'))",
                             type_text(type)));
  if (!entry(file, header, "fortran_order").starts_with("False"))
    refuse(file, "it is in Fortran order, only C order is supported: numpy.save(file, numpy.ascontiguousarray(array))");
  NpyArray array{.shape = read_shape(file, entry(file, header, "shape")), .values = {}};
  const auto count = product(array.shape);
  const std::size_t data_start = place.start + place.length;
  if (!count || *count > file.size() || *count * sizeof(float) != file.size() - data_start) {
    const std::size_t there = file.size() - data_start;
    refuse(file, fmt::format("its shape asks for {} values of 4 bytes, after the header it has {} bytes{}",
                             count ? fmt::format("{}", *count) : "more than 2^64", there,
                             !count || *count > there / sizeof(float) ? ": it is truncated" : ""));
  }
  const auto data = file.bytes(data_start, *count * sizeof(float));
  array.values.resize(*count);
  if (!data.empty()) std::memcpy(array.values.data(), data.data(), data.size());
  return array;
}

void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> shape, std::span<const float> values) {
  AIMC_CHECK(product(shape) == values.size(), "{} values", values.size());
  std::string sizes;
  for (const std::int64_t size : shape) sizes += fmt::format("{},", size);  // (3,) and (3,4,) are both valid Python
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", sizes);
  // Magic, version, length, header and a newline end at a multiple of 64, so that the data can be mapped aligned.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  AIMC_CHECK(header.size() < 65536);
  std::string content(magic);
  content += {'\x01', '\x00', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  content += header;
  content.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  write_file_atomically(path, content);
}

}  // namespace aimc
