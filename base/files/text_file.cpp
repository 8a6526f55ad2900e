#include "base/files/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/check/error.h"
#include "base/files/descriptor.h"

namespace aimc {

std::string read_text_file(const std::filesystem::path& path, std::size_t size_limit) {
  const auto fail = [&](const std::string& reason) -> InputError {
    return InputError(fmt::format("{}: cannot be read: {}", path.string(), reason));
  };
  // O_NONBLOCK: opening a named pipe must not hang.
  const files::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.ok()) throw fail(files::reason(errno));
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) throw fail(files::reason(errno));
  if (!S_ISREG(status.st_mode)) throw fail("not a regular file");
  if (static_cast<std::size_t>(status.st_size) > size_limit) {
    throw fail(fmt::format("its {} bytes exceed the limit of {}", status.st_size, size_limit));
  }
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::read(file.number(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw fail(files::reason(errno));
    if (count == 0) break;  // it shrank meanwhile
    done += static_cast<std::size_t>(count);
  }
  text.resize(done);
  return text;
}

}  // namespace aimc
