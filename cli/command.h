#pragma once
#include <span>
#include <string>
#include <vector>

namespace aimc::cli {

/// One verb of the program.
struct Command {
  const char* name;
  const char* summary;                                    ///< one line for the list of verbs
  int (*run)(const std::vector<std::string>& arguments);  ///< arguments after the verb; returns the exit code
};

int run_command(const std::vector<std::string>& arguments);
int generate_command(const std::vector<std::string>& arguments);
int synthesize_command(const std::vector<std::string>& arguments);
int tokenize_command(const std::vector<std::string>& arguments);
int attribute_command(const std::vector<std::string>& arguments);
int lifetime_command(const std::vector<std::string>& arguments);
int explain_command(const std::vector<std::string>& arguments);
int break_even_command(const std::vector<std::string>& arguments);
int map_command(const std::vector<std::string>& arguments);
int mvm_command(const std::vector<std::string>& arguments);
int adapt_command(const std::vector<std::string>& arguments);
int validate_command(const std::vector<std::string>& arguments);
int noc_command(const std::vector<std::string>& arguments);
int config_command(const std::vector<std::string>& arguments);
int device_command(const std::vector<std::string>& arguments);
int version_command(const std::vector<std::string>& arguments);

/// All verbs, in the order --help lists them.
std::span<const Command> commands();

}  // namespace aimc::cli
