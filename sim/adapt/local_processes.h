#pragma once
#include <sys/types.h>

#include <vector>

namespace aimc::adapt {

/// The processes of a run that share this machine: this one, which is the first, and those that it forks.
class LocalProcesses {
 public:
  /// Forks all but the first and sets the variables of process_place.h in each, with a free port of this machine to
  /// meet at; from here on every process goes the same way. To be made before there are threads. Throws ConfigError
  /// where a launcher has set such variables already, OutputError when the system gives no process.
  explicit LocalProcesses(int count);
  /// Waits for the others.
  ~LocalProcesses();
  LocalProcesses(const LocalProcesses&) = delete;
  LocalProcesses& operator=(const LocalProcesses&) = delete;

  /// Waits for the others and gives the first exit code that is not 0; in those others 0 at once.
  int wait();

 private:
  std::vector<pid_t> others_;
};

}  // namespace aimc::adapt
