#include "sim/adapt/local_processes.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/check/error.h"
#include "base/files/descriptor.h"
#include "sim/adapt/process_place.h"

namespace aimc::adapt {
namespace {

/// A port that nobody listens at: the system chooses one, and it is given back.
int free_port() {
  const files::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(socket.number(), any, size) != 0 || getsockname(socket.number(), any, &size) != 0)
    throw OutputError(fmt::format("--processes: no port to meet at: {}", files::reason(errno)));
  return ntohs(address.sin_port);
}

void set(const char* name, int value) { setenv(name, std::to_string(value).c_str(), 1); }

}  // namespace

LocalProcesses::LocalProcesses(int count) {
  if (count == 1) return;
  if (process_place().size > 1)
    throw ConfigError("--processes: a launcher has started several already (RANK, WORLD_SIZE or the like are set)");
  setenv("MASTER_ADDR", "127.0.0.1", 1);
  set("MASTER_PORT", free_port());
  set("WORLD_SIZE", count);
  std::fflush(nullptr);  // what is buffered would be written by each
  for (int rank = 1; rank < count; ++rank) {
    const pid_t child = fork();
    if (child < 0) {
      const int error = errno;
      for (const pid_t other : others_) kill(other, SIGTERM);
      wait();
      throw OutputError(fmt::format("--processes: no process {}: {}", rank, files::reason(error)));
    }
    if (child == 0) {
      others_.clear();
      set("RANK", rank);
      set("LOCAL_RANK", rank);
      return;
    }
    others_.push_back(child);
  }
  set("RANK", 0);
  set("LOCAL_RANK", 0);
}

LocalProcesses::~LocalProcesses() { wait(); }

int LocalProcesses::wait() {
  int found = 0;
  for (const pid_t other : others_) {
    int status = 0;
    while (waitpid(other, &status, 0) < 0 && errno == EINTR) {
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (found == 0) found = code;
  }
  others_.clear();
  return found;
}

}  // namespace aimc::adapt
