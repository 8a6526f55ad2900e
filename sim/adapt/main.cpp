#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"
#include "base/parallel/parallel.h"
#include "sim/adapt/adaptation.h"
#include "sim/adapt/local_processes.h"
#include "sim/adapt/process_place.h"

namespace aimc::adapt {
namespace {

namespace po = boost::program_options;

po::options_description options() {
  po::options_description options("options");
  options.add_options()("out,o", po::value<std::string>()->value_name("DIR"),
                        "folder of the results; by default runs/<name>. A run that was stopped goes on from there")  //
      ("set", po::value<std::vector<std::string>>()->value_name("KEY=VALUE"), "override a key of the file")          //
      ("threads,t", po::value<int>()->default_value(0)->value_name("N"),
       "threads of a process; 0: all cores, shared out")  //
      ("processes,p", po::value<int>()->default_value(1)->value_name("N"),
       "processes of this machine that share each step; small models like as many as cores")                   //
      ("device", po::value<std::string>()->value_name("NAME"), "cpu, cuda or cuda:N, in place of the file's")  //
      ("config", "print the resolved configuration and stop")                                                  //
      ("help,h", "this text");
  return options;
}

void print_help() {
  std::cout << "usage: aimcsim adapt ADAPT.yaml [options]\n\n"
               "Trains a language model so that it survives analog hardware: distillation from\n"
               "the original with weight noise, weight clipping, learned input ranges and\n"
               "quantised outputs. Data parallel with --processes, or when torchrun, srun or\n"
               "mpirun starts several.\n\n"
            << options() << "\nexample:\n  aimcsim adapt configs/adapt/storyteller-afm-first.yaml\n";
}

int run(int argc, char** argv) {
  po::options_description all = options();
  all.add_options()("file", po::value<std::string>());
  po::positional_options_description positional;
  positional.add("file", 1);
  po::variables_map values;
  try {
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    throw ConfigError(fmt::format("{}; see aimcsim adapt --help", error.what()));
  }
  if (values.count("help") > 0) {
    print_help();
    return 0;
  }
  if (values.count("file") == 0) throw ConfigError("name the ADAPT.yaml; see aimcsim adapt --help");
  auto overrides = values.count("set") > 0 ? values["set"].as<std::vector<std::string>>() : std::vector<std::string>{};
  if (values.count("device") > 0) overrides.push_back("device=" + values["device"].as<std::string>());
  const AdaptSpec spec = load_adapt(values["file"].as<std::string>(), overrides);
  if (values.count("config") > 0) {
    std::cout << spec.resolved_yaml;
    return 0;
  }
  const int threads = values["threads"].as<int>(), processes = values["processes"].as<int>();
  if (threads < 0 || threads > 4096) throw ConfigError("--threads: give a number from 1 to 4096, or 0 for all cores");
  if (processes < 1 || processes > 4096) throw ConfigError("--processes: give a number from 1 to 4096");
  check_processes(spec, processes);  // before there are several to say it
  LocalProcesses local(processes);
  set_thread_count(threads);
  if (threads == 0) set_thread_count(std::max(1, thread_count() / processes));
  at::set_num_threads(thread_count());
  const std::filesystem::path out = values.count("out") > 0 ? values["out"].as<std::string>() : "runs/" + spec.name;
  adapt(spec, out);
  if (const int code = local.wait(); code != 0) return code;
  if (process_place().rank == 0) fmt::print("{}\n", (out / "model").string());
  return 0;
}

}  // namespace
}  // namespace aimc::adapt

int main(int argc, char** argv) {
  aimc::install_interrupt_handler();
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit then is an error of the write, which we report
  try {
    return aimc::adapt::run(argc, argv);
  } catch (const std::filesystem::filesystem_error& error) {
    // A path of the user's that cannot even be looked at: no permission, a name too long.
    fmt::print(stderr, "aimcsim: {}\n", error.what());
    return aimc::exit_code(aimc::InputError(error.what()));
  } catch (const std::exception& error) {
    fmt::print(stderr, "aimcsim: {}\n", error.what());
    return aimc::exit_code(error);
  }
}
