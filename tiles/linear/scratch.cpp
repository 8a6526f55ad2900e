#include "tiles/linear/scratch.h"

#include <array>
#include <new>

namespace aimc::tiles {
namespace {

constexpr std::align_val_t cache_line{64};

class Buffer {
 public:
  Buffer() = default;
  ~Buffer() { release(); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void* at_least(std::size_t bytes) {
    if (bytes > capacity_ || data_ == nullptr) {
      release();
      data_ = ::operator new(bytes + 64, cache_line);
      capacity_ = bytes;
    }
    return data_;
  }

 private:
  void release() {
    ::operator delete(data_, cache_line);
    data_ = nullptr;
    capacity_ = 0;
  }
  void* data_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace

void* scratch_bytes(Scratch purpose, std::size_t bytes) {
  thread_local std::array<Buffer, scratch_count> buffers;
  return buffers[static_cast<std::size_t>(purpose)].at_least(bytes);
}

}  // namespace aimc::tiles
