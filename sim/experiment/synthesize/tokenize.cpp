#include "sim/experiment/synthesize/tokenize.h"

#include <mutex>
#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "sim/experiment/model_tokenizer.h"
#include "sim/experiment/synthesize/origin.h"
#include "workloads/model/model.h"
#include "workloads/tasks/task.h"
#include "workloads/tokens/token_file.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::uint32_t>;

struct Documents {
  std::vector<std::string> kept, held_out;
};

void check(const TokenizeRequest& request) {
  if (request.texts.empty()) throw ConfigError("name one text file or more");
  if (request.separator.empty()) throw ConfigError("--separator: give the text between two documents");
  if (!(request.held_out >= 0 && request.held_out < 100))
    throw ConfigError(fmt::format("--held-out {}: give 0 or more and less than 100 percent", request.held_out));
  for (const auto& path : {request.out, held_out_path(request.out)})
    if (!request.replace && (path == request.out || request.held_out > 0) && fs::exists(path))
      throw ConfigError(
          fmt::format("{} exists; name another file with --out, or replace it with --force", path.string()));
}

Documents read_documents(const TokenizeRequest& request) {
  Documents documents;
  for (const auto& text : request.texts) {
    auto texts = workloads::split_texts({.text = text, .separator = request.separator});
    auto held_out =
        static_cast<std::ptrdiff_t>(std::llround(static_cast<double>(texts.size()) * request.held_out / 100));
    if (request.held_out > 0) held_out = std::max<std::ptrdiff_t>(held_out, 1);
    if (held_out >= std::ssize(texts))
      throw InputError(fmt::format("{}: {} documents leave none to keep when {} % are held out", text.string(),
                                   texts.size(), request.held_out));
    const auto first = texts.end() - held_out;
    documents.held_out.insert(documents.held_out.end(), std::make_move_iterator(first),
                              std::make_move_iterator(texts.end()));
    documents.kept.insert(documents.kept.end(), std::make_move_iterator(texts.begin()), std::make_move_iterator(first));
  }
  return documents;
}

/// What every document is turned into sequences with.
class DocumentEncoder {
 public:
  DocumentEncoder(const TokenizeRequest& request, const workloads::ModelConfig& config)
      : tokenizer_(open_tokenizer(request.model, config)), longest_(static_cast<std::size_t>(config.context) + 1) {
    bos_ = tokenizer_->bos() >= 0 ? tokenizer_->bos() : config.bos_id;
    eos_ = tokenizer_->eos() >= 0 ? tokenizer_->eos() : config.eos_id;
    if (bos_ < 0 || eos_ < 0)
      throw InputError(fmt::format("{}: names no {} token, which every document {} with",
                                   tokenizer_path(request.model).string(), bos_ < 0 ? "BOS" : "EOS",
                                   bos_ < 0 ? "begins" : "ends"));
  }

  [[nodiscard]] std::vector<Ids> run(const std::vector<std::string>& documents, TokenizeResult& result,
                                     const std::function<void()>& on_document) const {
    std::vector<Ids> sequences(documents.size());
    std::mutex mutex;
    parallel_for(std::ssize(documents), [&](std::int64_t i) {
      const auto at = static_cast<std::size_t>(i);
      const auto tokens = tokenizer_->encode(documents[at]);
      Ids& ids = sequences[at];
      ids.push_back(static_cast<std::uint32_t>(bos_));
      ids.insert(ids.end(), tokens.begin(), tokens.end());
      ids.push_back(static_cast<std::uint32_t>(eos_));
      const std::scoped_lock lock(mutex);
      if (ids.size() > longest_) {
        ++result.cut_documents;
        result.cut_tokens += static_cast<std::int64_t>(ids.size() - longest_);
        ids.resize(longest_);
      }
      on_document();
    });
    return sequences;
  }

 private:
  std::unique_ptr<workloads::Tokenizer> tokenizer_;
  std::size_t longest_;
  std::int64_t bos_ = 0, eos_ = 0;
};

std::string origin_of(const TokenizeRequest& request, bool held_out) {
  nlohmann::ordered_json texts = nlohmann::ordered_json::array();
  for (const auto& text : request.texts)
    texts.push_back({{"file", text.filename().string()}, {"bytes", workloads::file_fingerprint(text)}});
  return nlohmann::ordered_json{
      {"by", "aimcsim tokenize"},       {"model", model_name(request.model.path)}, {"texts", texts},
      {"separator", request.separator}, {"held_out_percent", request.held_out},    {"is_held_out", held_out}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::int64_t count_tokens(const std::vector<Ids>& sequences) {
  std::int64_t tokens = 0;
  for (const auto& ids : sequences) tokens += std::ssize(ids);
  return tokens;
}

}  // namespace

fs::path held_out_path(const fs::path& out) { return out.string() + ".held-out"; }

TokenizeResult tokenize(const TokenizeRequest& request, const SynthesisProgress& progress) {
  check(request);
  const workloads::Model model = workloads::open_model(request.model.path, request.model.format);
  const DocumentEncoder encoder(request, model.config);
  const Documents documents = read_documents(request);
  TokenizeResult result;
  const auto all = std::ssize(documents.kept) + std::ssize(documents.held_out);
  std::int64_t done = 0;
  const auto on_document = [&] {
    if (progress) progress(++done, all);
  };
  workloads::TokenSequences kept{.vocabulary = model.config.vocabulary,
                                 .tokenizer = workloads::tokenizer_fingerprint(tokenizer_path(request.model)),
                                 .origin = origin_of(request, false),
                                 .sequences = encoder.run(documents.kept, result, on_document)};
  workloads::TokenSequences held_out = {kept.vocabulary, kept.tokenizer, origin_of(request, true),
                                        encoder.run(documents.held_out, result, on_document)};
  if (request.held_out > 0) workloads::write_token_file(held_out_path(request.out), held_out);
  workloads::write_token_file(request.out, kept);
  result.sequences = std::ssize(kept.sequences);
  result.tokens = count_tokens(kept.sequences);
  result.held_out_sequences = std::ssize(held_out.sequences);
  result.held_out_tokens = count_tokens(held_out.sequences);
  return result;
}

}  // namespace aimc::sim
