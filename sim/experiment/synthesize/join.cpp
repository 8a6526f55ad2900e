#include "sim/experiment/synthesize/join.h"

#include <fmt/ranges.h>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"
#include "sim/experiment/synthesize/origin.h"
#include "workloads/tokens/token_file.h"
#include "workloads/tokens/token_file_writer.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;
using workloads::TokenFile;
using workloads::TokenFileInfo;

struct WorkerFile {
  fs::path path;
  TokenFile tokens;
  WorkerOrigin origin;
};

WorkerFile open_worker(const fs::path& path) {
  TokenFile tokens(path);
  WorkerOrigin origin = read_origin(tokens.info().origin, path.string());
  if (tokens.info().sequences == 0) throw InputError(fmt::format("{}: has no sequences", path.string()));
  return {path, std::move(tokens), std::move(origin)};
}

/// The files by worker; each worker once, all of one run.
std::vector<WorkerFile> open_workers(const std::vector<fs::path>& paths) {
  std::vector<WorkerFile> files;
  for (const auto& path : paths) files.push_back(open_worker(path));
  std::ranges::sort(files, {}, [](const WorkerFile& file) { return file.origin.worker; });
  const WorkerFile& first = files.front();
  for (const auto& file : files) {
    const TokenFileInfo &a = first.tokens.info(), &b = file.tokens.info();
    if (a.vocabulary != b.vocabulary || a.tokenizer != b.tokenizer || file.tokens.length(0) != first.tokens.length(0) ||
        file.origin.origin != first.origin.origin || file.origin.workers != first.origin.workers)
      throw InputError(fmt::format("{} and {} belong to different runs:\n  {}\n  {}", first.path.string(),
                                   file.path.string(), a.origin, b.origin));
  }
  std::vector<std::int64_t> missing;
  for (std::int64_t worker = 0; worker < first.origin.workers; ++worker) {
    const auto count = std::ranges::count(files, worker, [](const WorkerFile& file) { return file.origin.worker; });
    if (count > 1) throw InputError(fmt::format("worker {} is there {} times", worker, count));
    if (count == 0) missing.push_back(worker);
  }
  if (!missing.empty())
    throw InputError(
        fmt::format("of {} workers, the files of {} are missing", first.origin.workers, fmt::join(missing, ", ")));
  return files;
}

}  // namespace

void join_workers(const fs::path& out, const std::vector<fs::path>& paths, bool replace) {
  if (paths.empty()) throw ConfigError("--join: name the files of all workers");
  if (!replace && fs::exists(out))
    throw ConfigError(fmt::format("{} exists; name another file, or replace it with --force", out.string()));
  const std::vector<WorkerFile> files = open_workers(paths);
  TokenFileInfo info = files.front().tokens.info();
  info.origin = files.front().origin.origin;
  info.sequences = info.tokens = 0;
  for (const auto& file : files) {
    info.sequences += file.tokens.info().sequences;
    info.tokens += file.tokens.info().tokens;
  }
  const auto workers = std::ssize(files);
  for (const auto& file : files) {
    const std::int64_t due = (info.sequences - file.origin.worker + workers - 1) / workers;
    if (file.tokens.info().sequences != due)
      throw InputError(fmt::format("{}: has {} sequences, not {} of {}: the files belong to different runs",
                                   file.path.string(), file.tokens.info().sequences, due, info.sequences));
  }
  workloads::TokenFileWriter writer(out, info, files.front().tokens.length(0), replace);
  for (std::int64_t i = writer.written(); i < info.sequences; ++i) {
    throw_if_interrupted();
    writer.append(files[static_cast<std::size_t>(i % workers)].tokens.sequence(i / workers));
  }
  writer.finish();
}

}  // namespace aimc::sim
