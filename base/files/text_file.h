#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace aimc {

/// The whole file. InputError that names the file when it is missing, not a regular file, unreadable or larger than
/// `size_limit` bytes.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path,
                                         std::size_t size_limit = std::size_t{64} << 20);

/// Writes the file so that it is either complete or not there: beside it, flushed to the disk, then renamed.
/// OutputError that names the file and the reason (disk full, no permission, file size limit); nothing is left behind
/// then.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

}  // namespace aimc
