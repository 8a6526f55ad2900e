#include "base/files/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/check/check.h"

namespace aimc {

FolderLock::FolderLock(const std::filesystem::path& folder)
    : file_(::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (!file_.ok()) throw OutputError(fmt::format("{}: {}", (folder / ".lock").string(), files::reason(errno)));
  if (::flock(file_.number(), LOCK_EX | LOCK_NB) == 0) return;
  // A file system without locks has nobody to ask.
  if (errno == EWOULDBLOCK) throw ConfigError(fmt::format("{}: another run is writing there", folder.string()));
}

}  // namespace aimc
