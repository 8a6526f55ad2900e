#pragma once
#include <filesystem>

#include "base/files/descriptor.h"

namespace aimc {

/// Keeps a second program from writing into a folder as long as this lives (an advisory lock on FOLDER/.lock, which
/// stays behind and means nothing once its program has ended). ConfigError when another program holds it, OutputError
/// when the folder cannot be written to.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);

 private:
  files::Descriptor file_;
};

}  // namespace aimc
