#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "base/check/error.h"
#include "cli/command.h"
#include "cli/model_options.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "sim/experiment/synthesize/join.h"
#include "sim/experiment/synthesize/origin.h"
#include "sim/experiment/synthesize/synthesize.h"
#include "workloads/tokens/token_file.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

const VerbHelp help{
    "aimcsim synthesize MODEL --tokens N [options]\n       aimcsim synthesize --join OUT FILE...",
    "Samples training text from a model: every sequence starts from BOS alone, the end of a text is a token as any "
    "other, all sequences have the same length. Writes a token file (workloads/tokens/README.md).\n\n"
    "Interrupted, it leaves OUT.part, which the same command continues. The ids are a function of model, seed, length "
    "and sampling alone. --workers W splits the work over W processes with --worker 0 to W-1; --join makes one file of "
    "theirs.",
    "aimcsim synthesize models/storyteller --tokens 1000000 --out story.tokens"};

po::options_description own_options() {
  po::options_description own;
  own.add_options()("tokens,n", po::value<std::int64_t>()->value_name("N"), "at least so many, in whole sequences")  //
      ("out", po::value<std::string>()->value_name("FILE"), "default: MODEL.tokens")                                 //
      ("length", po::value<std::int64_t>()->default_value(0)->value_name("L"),
       "tokens of a sequence, BOS included; 0: the model's context")                                              //
      ("temperature", po::value<double>()->default_value(1)->value_name("T"), "flattens (above 1) or sharpens")   //
      ("top-k", po::value<std::int64_t>()->default_value(0)->value_name("K"), "among the K likeliest; 0: all")    //
      ("top-p", po::value<double>()->default_value(1)->value_name("P"), "among the likeliest that sum to P")      //
      ("seed", po::value<std::string>()->default_value("1")->value_name("N"), "seed of every draw")               //
      ("workers", po::value<std::int64_t>()->default_value(1)->value_name("W"), "processes that share the work")  //
      ("worker", po::value<std::int64_t>()->default_value(0)->value_name("I"), "which of them this is")           //
      ("format", po::value<std::string>()->default_value("hugging_face")->value_name("HOW"),
       "of the model: hugging_face, llama2c")  //
      ("tokenizer", po::value<std::string>()->default_value("")->value_name("FILE"),
       "in the model's folder (default: tokenizer.json, tokenizer.bin)")  //
      ("batch", po::value<std::int64_t>()->default_value(0)->value_name("B"),
       "sequences that decode together; 0: the fastest")                                                            //
      ("threads", po::value<int>()->value_name("N"), "threads to use (default: all cores); results do not change")  //
      ("force", po::bool_switch(), "replace an existing file")                                                      //
      ("join", po::value<std::string>()->value_name("OUT"), "join the files of all workers");
  return own;
}

sim::SynthesisRequest request_of(const po::variables_map& values, const std::string& model) {
  sim::SynthesisRequest request;
  request.model = model_reference(model, values);
  if (values.count("tokens") == 0) throw ConfigError(fmt::format("give --tokens\nusage: {}", help.usage));
  request.tokens = values["tokens"].as<std::int64_t>();
  request.length = values["length"].as<std::int64_t>();
  request.sampling = {.temperature = values["temperature"].as<double>(),
                      .top_k = values["top-k"].as<std::int64_t>(),
                      .top_p = values["top-p"].as<double>()};
  request.seed = seed_option(values);
  request.workers = values["workers"].as<std::int64_t>();
  request.worker = values["worker"].as<std::int64_t>();
  request.batch = values["batch"].as<std::int64_t>();
  request.replace = values["force"].as<bool>();
  const std::string part =
      request.workers > 1 ? fmt::format(".{}-of-{}", request.worker, request.workers) : std::string();
  request.out = values.count("out") > 0 ? values["out"].as<std::string>()
                                        : fmt::format("{}{}.tokens", sim::model_name(model), part);
  return request;
}

int join(const po::variables_map& values, const std::vector<std::string>& files) {
  const std::filesystem::path out = values["join"].as<std::string>();
  sim::join_workers(out, {files.begin(), files.end()}, values["force"].as<bool>());
  const workloads::TokenFile joined(out);
  std::cout << fmt::format("{}: {} sequences, {} tokens\n", out.string(), joined.info().sequences,
                           joined.info().tokens);
  return 0;
}

}  // namespace

int synthesize_command(const std::vector<std::string>& arguments) {
  const auto values = parse_options(arguments, help, own_options(), "model");
  if (!values) return 0;
  const auto names =
      values->count("model") > 0 ? (*values)["model"].as<std::vector<std::string>>() : std::vector<std::string>{};
  if (values->count("join") > 0) return join(*values, names);
  if (names.size() != 1)
    throw ConfigError(fmt::format("give one model ({} given)\nusage: {}", names.size(), help.usage));
  const sim::SynthesisRequest request = request_of(*values, names.front());
  ProgressLine line;
  const auto start = std::chrono::steady_clock::now();
  const auto result =
      sim::synthesize(request, [&](std::int64_t done, std::int64_t all) { line.update("tokens", done, all); });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  line.clear();
  std::cout << fmt::format("{}: {} sequences of {}, {} tokens", request.out.string(), result.sequences, result.length,
                           result.sequences * result.length);
  if (result.resumed > 0) std::cout << fmt::format("; {} sequences were there", result.resumed);
  const auto drawn = static_cast<double>((result.sequences - result.resumed) * result.length);
  std::cout << fmt::format("; {:.0f} tokens/s\n", drawn / seconds);
  if (!result.has_tokenizer)
    fmt::print(stderr, "aimcsim: the model has no tokenizer ({}), so the file names none; --tokenizer names one\n",
               request.model.path.string());
  return 0;
}

}  // namespace aimc::cli
