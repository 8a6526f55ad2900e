#pragma once
#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace aimc {

/// How large a JSON document may be; a deep or huge one would exhaust the stack or the memory of the reader.
struct JsonLimits {
  std::size_t bytes = std::size_t{256} << 20;
  int depth = 64;
};

/// Parses a JSON document that came from outside. Syntax errors, duplicate keys, invalid UTF-8 and exceeded limits
/// throw an InputError that names `where` (a file) and the line and column, or the JSON pointer of the offending key.
nlohmann::json parse_json(std::string_view text, const std::string& where, const JsonLimits& limits = {});

/// Reads and parses a JSON file; InputError also when it cannot be read.
nlohmann::json read_json_file(const std::filesystem::path& path, const JsonLimits& limits = {});

}  // namespace aimc
