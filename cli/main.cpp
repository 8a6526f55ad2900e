#include <fmt/format.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"
#include "cli/command.h"

namespace aimc::cli {
namespace {

constexpr auto all_commands = std::to_array<Command>({
    {"run", "simulate an experiment: accuracy, latency, energy, area", run_command},
    {"generate", "stream text through the simulated chip, then its time and energy", generate_command},
    {"synthesize", "sample training text from a model into a token file", synthesize_command},
    {"tokenize", "turn text files into a token file for training", tokenize_command},
    {"attribute", "what each non-ideality costs in accuracy, alone and removed", attribute_command},
    {"lifetime", "accuracy over the time after programming", lifetime_command},
    {"explain", "one page on one linear: ranges, codes, weights, errors, cost", explain_command},
    {"breakeven", "against digital hardware, over batch and context length", break_even_command},
    {"map", "show which array holds which piece of the model", map_command},
    {"mvm", "one matrix from a .npy file through one analog layer", mvm_command},
    {"adapt", "train a model so that it survives the hardware", adapt_command},
    {"validate", "compare with published silicon and closed forms", validate_command},
    {"noc", "the network on a chip under synthetic traffic: latency, saturation", noc_command},
    {"config", "print the resolved and validated configuration", config_command},
    {"device", "list the memory devices, or print one as a table", device_command},
    {"version", "print the version and what it was built with", version_command},
});

void print_usage(std::FILE* to) {
  fmt::print(to,
             "aimcsim simulates large language models on analog in-memory computing hardware.\n\n"
             "usage: aimcsim VERB [options]\n\nverbs:\n");
  for (const auto& command : commands()) fmt::print(to, "  {:<11}{}\n", command.name, command.summary);
  fmt::print(to,
             "\n'aimcsim VERB --help' explains a verb and gives an example.\n\n"
             "example:\n  aimcsim run configs/experiments/demo.yaml\n");
}

// Results that did not reach their reader are no success.
void check_standard_output() {
  std::cout.flush();
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!std::cout || !written)
    throw OutputError("standard output cannot be written: free space there, or send it elsewhere");
}

int dispatch(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    print_usage(arguments.empty() ? stderr : stdout);
    return arguments.empty() ? 2 : 0;
  }
  const std::string verb = arguments[0] == "--version" ? "version" : arguments[0];
  for (const auto& command : commands())
    if (verb == command.name) return command.run({arguments.begin() + 1, arguments.end()});
  throw ConfigError(fmt::format("there is no verb '{}'; see aimcsim --help", verb));
}

}  // namespace

std::span<const Command> commands() { return all_commands; }

}  // namespace aimc::cli

int main(int argc, char** argv) {
  aimc::install_interrupt_handler();
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit then is an error of the write, which we report
  try {
    const int code = aimc::cli::dispatch({argv + 1, argv + argc});
    aimc::cli::check_standard_output();
    return code;
  } catch (const std::filesystem::filesystem_error& error) {
    // A path of the user's that cannot even be looked at: no permission, a name too long.
    fmt::print(stderr, "aimcsim: {}\n", error.what());
    return aimc::exit_code(aimc::InputError(error.what()));
  } catch (const std::exception& error) {
    fmt::print(stderr, "aimcsim: {}\n", error.what());
    return aimc::exit_code(error);
  }
}
