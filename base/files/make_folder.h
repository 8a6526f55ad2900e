#pragma once
#include <filesystem>

namespace aimc {

/// Makes a folder and those above it where they are missing; an empty path is the folder one is in. OutputError that
/// names it and the reason.
void make_folder(const std::filesystem::path& folder);

}  // namespace aimc
