#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "base/files/folder_lock.h"

namespace aimc::adapt {

/// Makes the folder of a run and locks it; models are left alone. Throws InputError where something lies in it that the
/// run would overwrite: a model that no run wrote, or, unless a checkpoint tells which run it belongs to, the
/// adapt.yaml of another configuration than this resolved one.
std::unique_ptr<FolderLock> open_run_folder(const std::filesystem::path& folder, const std::string& configuration);

}  // namespace aimc::adapt
