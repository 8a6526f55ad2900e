#pragma once
#include <stdexcept>
#include <string>

namespace aimc {

/// The user's mistake in an experiment, hardware or task file (or on the command line). Exit code 2.
/// The message says what is wrong, where (file:line, key path) and what to do; it may list several mistakes.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The user's data cannot be used: a model, tokenizer or text file that is missing, truncated or inconsistent. Exit code 3.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A defect of aimcsim itself, raised by AIMC_CHECK; never reachable by user input. Exit code 70.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace aimc
