#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/check/error.h"
#include "base/process/run_children.h"
#include "cli/command.h"

namespace aimc::cli {
namespace {

/// What the training runs best with, unless the user chose something else: our own loops use all threads, so that the
/// BLAS below them gets one; and freed memory is kept rather than returned, because every step asks for it again.
void set_defaults() {
  // The Debian build of OpenBLAS does not know newer processors and falls to its slowest kernels on them.
  const char* const core = __builtin_cpu_supports("avx512f") ? "SkylakeX"
                           : __builtin_cpu_supports("avx2")  ? "Haswell"
                                                             : nullptr;
  if (core != nullptr) setenv("OPENBLAS_CORETYPE", core, 0);
  constexpr const char* defaults[][2] = {{"OPENBLAS_NUM_THREADS", "1"},
                                         {"MALLOC_MMAP_THRESHOLD_", "4000000000"},
                                         {"MALLOC_TRIM_THRESHOLD_", "8000000000"},
                                         {"MALLOC_TOP_PAD_", "100000000"}};
  for (const auto& [name, value] : defaults) setenv(name, value, 0);
}

}  // namespace

// Training is a program of its own: libtorch takes half a second and 160 MB to load, and clashes with libsentencepiece.
int adapt_command(const std::vector<std::string>& arguments) {
  const std::filesystem::path program = own_program().parent_path() / "aimcsim-adapt";
  if (!std::filesystem::exists(program))
    throw ConfigError(
        "this build has no libtorch, which 'aimcsim adapt' needs: run scripts/setup.sh --adapt (or name another "
        "libtorch in CMAKE_PREFIX_PATH) and build again");
  set_defaults();
  std::vector<std::string> texts{program.string()};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  throw ConfigError(fmt::format("{} cannot be started: {}", program.string(), std::strerror(errno)));
}

}  // namespace aimc::cli
