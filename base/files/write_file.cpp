#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "base/check/error.h"
#include "base/files/descriptor.h"
#include "base/files/text_file.h"

namespace aimc {
namespace {

namespace fs = std::filesystem;

/// Without this, exceeding the file size limit (ulimit -f) kills the process instead of failing the write.
void ignore_file_size_signal() {
  static const bool done = std::signal(SIGXFSZ, SIG_IGN) != SIG_ERR;
  (void)done;
}

/// A name beside the file that no other thread or process uses at the same time.
fs::path name_beside(const fs::path& path) {
  static std::atomic<unsigned> serial{0};
  return path.string() + fmt::format(".{}-{}.tmp", ::getpid(), serial++);
}

int write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

/// 0 or the error number.
int write_new_file(const fs::path& path, std::string_view content) {
  const files::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  return file.ok() ? write_all(file.number(), content) : errno;
}

/// The rename itself must survive a power cut; a failure here loses nothing that is written, so it is not reported.
void sync_directory(const fs::path& directory) {
  const files::Descriptor handle(
      ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.ok()) ::fsync(handle.number());
}

}  // namespace

void write_file_atomically(const fs::path& path, std::string_view content) {
  ignore_file_size_signal();
  const auto fail = [&](const std::string& reason) {
    return OutputError(fmt::format("{}: cannot be written: {}", path.string(), reason));
  };
  std::error_code ignored;
  // What a link points to is replaced, not the link.
  const fs::path target = fs::is_symlink(path, ignored) ? fs::weakly_canonical(path, ignored) : path;
  // Renaming onto a device would replace it: root must not lose /dev/null.
  if (fs::exists(target, ignored) && !fs::is_regular_file(target, ignored)) throw fail("not a regular file");
  const fs::path beside = name_beside(target);
  int error = write_new_file(beside, content);
  if (error == 0 && ::rename(beside.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(beside.c_str());
    throw fail(files::reason(error));
  }
  sync_directory(target.parent_path());
}

}  // namespace aimc
