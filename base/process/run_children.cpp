#include "base/process/run_children.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"
#include "base/parallel/parallel.h"

namespace aimc {
namespace {

constexpr int poll_milliseconds = 100;           // how late an interruption may be noticed
constexpr auto grace = std::chrono::seconds(2);  // between asking a child to end and ending it

[[noreturn]] void fail(const std::string& what, int error) {
  throw OutputError(fmt::format("{}: {}", what, std::strerror(error)));
}

struct Pipe {
  int read_end = -1, write_end = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("no pipe to a child process", errno);
    read_end = ends[0], write_end = ends[1];
  }
  ~Pipe() { close_read(), close_write(); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_read() { close_end(read_end); }
  void close_write() { close_end(write_end); }

 private:
  static void close_end(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
};

/// What posix_spawn does in the child before the program starts.
class FileActions {
 public:
  FileActions(const Pipe& out, const Pipe& error) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, out.write_end, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, error.write_end, STDERR_FILENO);
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// A running child; the destructor ends it.
class Child {
 public:
  Child(const ChildCommand& command, ChildResult& result) : result_(result) {
    std::vector<std::string> words{command.program.string()};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const FileActions actions(out_, error_);
    const int failure = posix_spawn(&process_, pointers.front(), actions.get(), nullptr, pointers.data(), environ);
    if (failure != 0) {
      process_ = -1;
      fail("cannot start " + command.program.string(), failure);
    }
    out_.close_write();
    error_.close_write();
  }
  ~Child() {
    if (process_ > 0) kill(process_, SIGKILL), static_cast<void>(waitpid(process_, nullptr, 0));
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void ask_to_end() const { kill(process_, SIGTERM); }
  void append_polls(std::vector<pollfd>& polls) const {
    for (const Pipe* pipe : {&out_, &error_})
      if (pipe->read_end >= 0) polls.push_back({pipe->read_end, POLLIN, 0});
  }
  void read_what_is_there(const std::vector<pollfd>& polls) {
    read_end(out_, result_.out, polls);
    read_end(error_, result_.error, polls);
  }
  /// Whether it has closed both its outputs and ended; its exit code is then in the result.
  bool ended() {
    if (out_.read_end >= 0 || error_.read_end >= 0) return false;
    int status = 0;
    if (waitpid(process_, &status, WNOHANG) != process_) return false;
    process_ = -1;
    result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
  }

 private:
  static void read_end(Pipe& pipe, std::string& text, const std::vector<pollfd>& polls) {
    const auto ready =
        std::ranges::find_if(polls, [&](const pollfd& poll) { return poll.fd == pipe.read_end && poll.revents != 0; });
    if (pipe.read_end < 0 || ready == polls.end()) return;
    std::array<char, 65536> buffer{};
    const ssize_t got = read(pipe.read_end, buffer.data(), buffer.size());
    if (got > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || errno != EINTR) {
      pipe.close_read();
    }
  }

  ChildResult& result_;
  pid_t process_ = -1;
  Pipe out_, error_;
};

using Children = std::vector<std::unique_ptr<Child>>;

void read_and_reap(Children& running) {
  std::vector<pollfd> polls;
  for (const auto& child : running) child->append_polls(polls);
  // A child may close its outputs before it ends: then there is nothing to poll, and a short sleep does.
  poll(polls.data(), polls.size(), polls.empty() ? 1 : poll_milliseconds);
  for (const auto& child : running) child->read_what_is_there(polls);
  std::erase_if(running, [](const auto& child) { return child->ended(); });
}

[[noreturn]] void end_all(Children& running) {
  for (const auto& child : running) child->ask_to_end();
  const auto deadline = std::chrono::steady_clock::now() + grace;
  while (!running.empty() && std::chrono::steady_clock::now() < deadline) read_and_reap(running);
  running.clear();
  throw Interrupted();
}

}  // namespace

std::vector<ChildResult> run_children(const std::vector<ChildCommand>& commands, int parallel) {
  const auto most = static_cast<std::size_t>(std::max(1, parallel > 0 ? parallel : thread_count()));
  std::vector<ChildResult> results(commands.size());
  Children running;
  std::size_t next = 0;
  while (next < commands.size() || !running.empty()) {
    if (interrupt_requested()) end_all(running);
    while (next < commands.size() && running.size() < most) {
      running.push_back(std::make_unique<Child>(commands[next], results[next]));
      ++next;
    }
    read_and_reap(running);
  }
  return results;
}

std::filesystem::path own_program() {
  std::error_code error;
  auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) fail("the running program's file is unknown", error.value());
  return path;
}

}  // namespace aimc
