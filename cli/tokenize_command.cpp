#include <fmt/format.h>

#include <iostream>

#include "base/check/error.h"
#include "cli/command.h"
#include "cli/model_options.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "sim/experiment/synthesize/tokenize.h"

namespace aimc::cli {
namespace po = boost::program_options;

namespace {

const VerbHelp help{"aimcsim tokenize MODEL TEXT... [options]",
                    "Turns text files into a token file for training (workloads/tokens/README.md): each document is "
                    "one sequence, BOS, its tokens, EOS, cut at the model's context + 1 tokens. A document has no "
                    "white space around it.",
                    "aimcsim tokenize models/storyteller stories.txt --held-out 5"};

po::options_description own_options() {
  po::options_description own;
  own.add_options()("separator", po::value<std::string>()->default_value("<|endoftext|>")->value_name("TEXT"),
                    "what stands between two documents")                                               //
      ("out", po::value<std::string>()->value_name("FILE"), "default: the first text's name .tokens")  //
      ("held-out", po::value<double>()->default_value(0)->value_name("P"),
       "the last P % of the documents of each file go to FILE.held-out")  //
      ("format", po::value<std::string>()->default_value("hugging_face")->value_name("HOW"),
       "of the model: hugging_face, llama2c")  //
      ("tokenizer", po::value<std::string>()->default_value("")->value_name("FILE"),
       "in the model's folder (default: tokenizer.json, tokenizer.bin)")                                            //
      ("threads", po::value<int>()->value_name("N"), "threads to use (default: all cores); results do not change")  //
      ("force", po::bool_switch(), "replace existing files");
  return own;
}

}  // namespace

int tokenize_command(const std::vector<std::string>& arguments) {
  const auto values = parse_options(arguments, help, own_options(), "files");
  if (!values) return 0;
  const auto names =
      values->count("files") > 0 ? (*values)["files"].as<std::vector<std::string>>() : std::vector<std::string>{};
  if (names.size() < 2) throw ConfigError(fmt::format("give a model and one text file or more\nusage: {}", help.usage));
  sim::TokenizeRequest request;
  request.model = model_reference(names.front(), *values);
  request.texts.assign(names.begin() + 1, names.end());
  request.separator = (*values)["separator"].as<std::string>();
  request.held_out = (*values)["held-out"].as<double>();
  request.replace = (*values)["force"].as<bool>();
  request.out =
      values->count("out") > 0 ? (*values)["out"].as<std::string>() : request.texts.front().stem().string() + ".tokens";
  ProgressLine line;
  const auto result =
      sim::tokenize(request, [&](std::int64_t done, std::int64_t all) { line.update("documents", done, all); });
  line.clear();
  std::cout << fmt::format("{}: {} sequences, {} tokens\n", request.out.string(), result.sequences, result.tokens);
  if (request.held_out > 0)
    std::cout << fmt::format("{}: {} sequences, {} tokens\n", sim::held_out_path(request.out).string(),
                             result.held_out_sequences, result.held_out_tokens);
  if (result.cut_documents > 0)
    std::cout << fmt::format("{} documents are longer than the model's context; their last {} tokens are left out\n",
                             result.cut_documents, result.cut_tokens);
  return 0;
}

}  // namespace aimc::cli
