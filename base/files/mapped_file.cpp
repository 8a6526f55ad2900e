#include "base/files/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/check/error.h"
#include "base/files/descriptor.h"

namespace aimc {

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path) {
  const auto fail = [&](const std::string& reason) -> InputError {
    return InputError(fmt::format("{}: cannot be read: {}", path.string(), reason));
  };
  const files::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.ok()) throw fail(files::reason(errno));
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) throw fail(files::reason(errno));
  if (!S_ISREG(status.st_mode)) throw fail("not a regular file");
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;  // mmap refuses to map nothing
  void* const address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (address == MAP_FAILED) throw fail(files::reason(errno));
  data_ = static_cast<const std::byte*>(address);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

std::span<const std::byte> MappedFile::bytes(std::size_t offset, std::size_t size) const {
  if (offset > size_ || size > size_ - offset) {
    throw InputError(fmt::format("{}: truncated: bytes {} to {} are needed, the file has {}", path_.string(), offset,
                                 offset + size, size_));
  }
  return bytes().subspan(offset, size);
}

}  // namespace aimc
