#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace aimc {

/// A program to run: its file, then its arguments. Nothing passes through a shell.
struct ChildCommand {
  std::filesystem::path program;
  std::vector<std::string> arguments;
};

/// What a child left behind.
struct ChildResult {
  int exit_code = 0;  ///< 128 + signal when it was killed
  std::string out, error;
};

/// Runs every command in a process of its own, at most `parallel` at a time (0: thread_count()), and returns their
/// results in the order of the commands. Children read nothing (stdin is empty). A child that fails does not stop the
/// others. Throws Interrupted when a stop was requested (base/parallel/interrupt.h), after ending the children that
/// still ran; OutputError when the system gives no process or pipe, or there is no such program.
[[nodiscard]] std::vector<ChildResult> run_children(const std::vector<ChildCommand>& commands, int parallel = 0);

/// The file of the running program, for commands that run its other verbs. SystemC elaborates once a process, so each
/// further simulation is a child.
[[nodiscard]] std::filesystem::path own_program();

}  // namespace aimc
