#pragma once
#include <filesystem>
#include <vector>

namespace aimc::sim {

/// Joins the files of all workers of one synthesis to the bytes of a run of one worker. Throws ConfigError when out
/// exists and is not to be replaced; InputError when a file is no worker's, a worker is missing or twice, or files
/// belong to different runs; OutputError.
void join_workers(const std::filesystem::path& out, const std::vector<std::filesystem::path>& files, bool replace);

}  // namespace aimc::sim
