#include "tiles/linear/packed_memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>
#include <utility>

namespace aimc::tiles {
namespace {
constexpr std::size_t huge_page = std::size_t{2} << 20;
}  // namespace

PackedMemory::PackedMemory(std::size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  const bool large = bytes >= huge_page;
  mapped_ = large ? bytes + huge_page : bytes;  // address space for the alignment; what is not touched costs nothing
  mapping_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping_ == MAP_FAILED) {
    mapping_ = nullptr;
    throw std::bad_alloc();
  }
  data_ = static_cast<std::byte*>(mapping_);
  if (!large) return;
  const auto misaligned = reinterpret_cast<std::uintptr_t>(mapping_) % huge_page;
  data_ += misaligned == 0 ? 0 : huge_page - misaligned;
#if defined(MADV_HUGEPAGE)
  // Whole huge pages only: the rest of the last one would be memory that holds no weights. Refusal changes no result.
  madvise(data_, bytes / huge_page * huge_page, MADV_HUGEPAGE);
#endif
}

PackedMemory::~PackedMemory() { release(); }

PackedMemory::PackedMemory(PackedMemory&& other) noexcept { *this = std::move(other); }

PackedMemory& PackedMemory::operator=(PackedMemory&& other) noexcept {
  if (this == &other) return *this;
  release();
  mapping_ = std::exchange(other.mapping_, nullptr);
  mapped_ = std::exchange(other.mapped_, 0);
  bytes_ = std::exchange(other.bytes_, 0);
  data_ = std::exchange(other.data_, nullptr);
  return *this;
}

void PackedMemory::release() noexcept {
  if (mapping_ != nullptr) munmap(mapping_, mapped_);
}

}  // namespace aimc::tiles
