#include "sim/experiment/synthesize/synthesize.h"

#include <unistd.h>

#include <chrono>
#include <mutex>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "sim/experiment/model_tokenizer.h"
#include "sim/experiment/synthesize/decode_group.h"
#include "sim/experiment/synthesize/float_model.h"
#include "sim/experiment/synthesize/origin.h"
#include "workloads/tokens/token_file_writer.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t best_group = 16;                    ///< sequences a thread decodes together; README.md
constexpr std::int64_t kv_budget = std::int64_t{1} << 30;  ///< bytes of all KV caches, unless --batch asks for more
constexpr std::int64_t most_tokens = std::int64_t{1} << 40;
constexpr auto sync_interval = std::chrono::seconds(10);

void check(const SynthesisRequest& request, std::int64_t context) {
  if (request.tokens < 1 || request.tokens > most_tokens)
    throw ConfigError(fmt::format("--tokens {}: give 1 to {}", request.tokens, most_tokens));
  if (request.length != 0 && (request.length < 2 || request.length > context))
    throw ConfigError(
        fmt::format("--length {}: a sequence has 2 to {} tokens, the model's context", request.length, context));
  workloads::validate(request.sampling);
  if (request.sampling.temperature == 0)
    throw ConfigError("--temperature 0: every sequence would be the same one; give more than 0");
  if (request.workers < 1 || request.worker < 0 || request.worker >= request.workers)
    throw ConfigError(fmt::format("--worker {} of --workers {}: workers are numbered from 0 to {}", request.worker,
                                  request.workers, std::max<std::int64_t>(0, request.workers - 1)));
  if (request.batch < 0) throw ConfigError(fmt::format("--batch {}: give 1 or more", request.batch));
}

/// Sequences that decode together on all threads.
std::int64_t batch_of(const SynthesisRequest& request, std::int64_t sequence_bytes) {
  const std::int64_t memory = ::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGESIZE);
  if (request.batch > 0 && request.batch > memory / sequence_bytes)
    throw ConfigError(
        fmt::format("--batch {}: KV caches of {} MB a sequence do not fit {} MB of memory; give at most {}",
                    request.batch, sequence_bytes >> 20, memory >> 20, memory / sequence_bytes));
  if (request.batch > 0) return request.batch;
  return std::clamp<std::int64_t>(kv_budget / sequence_bytes, 1, best_group * thread_count());
}

TokenId begin_of_text(const SynthesisRequest& request, const workloads::ModelConfig& config, bool has_tokenizer) {
  const std::int64_t bos = has_tokenizer ? open_tokenizer(request.model, config)->bos() : config.bos_id;
  if (bos < 0 || bos >= config.vocabulary)
    throw InputError(
        fmt::format("{}: names no BOS token, which every sequence begins with", request.model.path.string()));
  return static_cast<TokenId>(bos);
}

/// Draws rounds of sequences on all threads and appends them in order.
class Rounds {
 public:
  Rounds(const SynthesisRequest& request, const SequenceRule& rule, const FloatModel& model, std::int64_t batch)
      : request_(request), rule_(rule), batch_(batch) {
    const std::int64_t groups = std::min<std::int64_t>(thread_count(), batch);
    for (std::int64_t i = 0; i < groups; ++i) groups_.emplace_back(model.executor(), rule);
  }

  void run(workloads::TokenFileWriter& writer, std::int64_t sequences, const SynthesisProgress& progress) {
    auto synced = std::chrono::steady_clock::now();
    std::int64_t done = writer.written() * rule_.length;
    while (writer.written() < sequences) {
      const std::int64_t count = std::min(batch_, sequences - writer.written());
      std::vector<std::uint32_t> ids(static_cast<std::size_t>(count * rule_.length));
      draw(writer.written(), count, ids, [&](std::int64_t tokens) {
        const std::scoped_lock lock(progress_mutex_);
        done += tokens;
        if (progress) progress(done, sequences * rule_.length);
      });
      writer.append(ids);
      if (std::chrono::steady_clock::now() - synced < sync_interval) continue;
      writer.sync();
      synced = std::chrono::steady_clock::now();
    }
  }

 private:
  /// The file's sequences [first, first + count), each thread its share of them.
  void draw(std::int64_t first, std::int64_t count, std::span<std::uint32_t> ids,
            const std::function<void(std::int64_t)>& on_step) {
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = first; i < first + count; ++i) numbers.push_back(request_.worker + i * request_.workers);
    const std::int64_t shares = std::min<std::int64_t>(std::ssize(groups_), count);
    parallel_for(shares, [&](std::int64_t share) {
      const auto begin = static_cast<std::size_t>(count * share / shares);
      const auto end = static_cast<std::size_t>(count * (share + 1) / shares);
      const auto length = static_cast<std::size_t>(rule_.length);
      groups_[static_cast<std::size_t>(share)].run(std::span(numbers).subspan(begin, end - begin),
                                                   ids.subspan(begin * length, (end - begin) * length), on_step);
    });
  }

  const SynthesisRequest& request_;
  SequenceRule rule_;
  std::int64_t batch_;
  std::vector<DecodeGroup> groups_;
  std::mutex progress_mutex_;
};

}  // namespace

SynthesisResult synthesize(const SynthesisRequest& request, const SynthesisProgress& progress) {
  if (!request.replace && fs::exists(request.out))
    throw ConfigError(
        fmt::format("{} exists; name another file with --out, or replace it with --force", request.out.string()));
  const workloads::Model model = workloads::open_model(request.model.path, request.model.format);
  if (model.weights == nullptr)
    throw InputError(fmt::format("{}: has no weights to sample from", request.model.path.string()));
  check(request, model.config.context);
  const fs::path tokenizer = tokenizer_path(request.model);
  SynthesisResult result;
  // A tokenizer that is named must be there; without one the ids alone are enough.
  result.has_tokenizer = !request.model.tokenizer.empty() || fs::exists(tokenizer);
  result.length = request.length > 0 ? request.length : model.config.context;
  const SequenceRule rule{.bos = begin_of_text(request, model.config, result.has_tokenizer),
                          .length = result.length,
                          .sampling = request.sampling,
                          .seed = request.seed};
  const std::int64_t batch = batch_of(request, kv_bytes(model.graph, result.length));
  const std::int64_t all = (request.tokens + result.length - 1) / result.length;
  result.sequences = (all - request.worker + request.workers - 1) / request.workers;
  if (result.sequences < 1)
    throw ConfigError(fmt::format("--worker {}: {} sequences leave nothing for it", request.worker, all));
  workloads::TokenFileWriter writer(
      request.out,
      {.vocabulary = model.config.vocabulary,
       .tokenizer = result.has_tokenizer ? workloads::tokenizer_fingerprint(tokenizer) : "",
       .origin = origin_of(request, rule.bos),
       .sequences = result.sequences,
       .tokens = result.sequences * result.length},
      result.length, request.replace);
  result.resumed = writer.written();
  const FloatModel sampled(model);
  Rounds rounds(request, rule, sampled, batch);
  rounds.run(writer, result.sequences, progress);
  writer.finish();
  return result;
}

}  // namespace aimc::sim
