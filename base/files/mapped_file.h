#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace aimc {

/// A file mapped into memory, read only: weights of many gigabytes are paged in as they are used.
class MappedFile {
 public:
  /// InputError that names the file when it is missing, unreadable or not a regular file. An empty file maps to no
  /// bytes.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }
  /// The bytes [offset, offset + size); InputError that names the file when they reach beyond its end ("truncated").
  [[nodiscard]] std::span<const std::byte> bytes(std::size_t offset, std::size_t size) const;
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace aimc
