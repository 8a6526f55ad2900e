#pragma once
#include <exception>
#include <stdexcept>
#include <string>

namespace aimc {

/// The user's mistake in an experiment, hardware or task file (or on the command line). Exit code 2.
/// The message says what is wrong, where (file:line, key path) and what to do; it may list several mistakes.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The user's data cannot be used: a model, tokenizer or text file that is missing, truncated or inconsistent. Exit
/// code 3.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A result cannot be written: disk full, no permission, file size limit. Nothing half-written is left. Exit code 4.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The user (or the batch system) asked the program to stop: SIGINT or SIGTERM. Exit code 130.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

/// A defect of aimcsim itself, raised by AIMC_CHECK; never reachable by user input. Exit code 70.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// The exit code of the program for an exception that reached main: 2, 3, 4, 130 as above; 71 when memory ran out; 70
/// for everything else, which is our defect.
[[nodiscard]] int exit_code(const std::exception& error);

}  // namespace aimc
