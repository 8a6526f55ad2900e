#include "sim/experiment/synthesize/synthesize.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"
#include "base/parallel/parallel.h"
#include "sim/experiment/synthesize/float_model.h"
#include "sim/experiment/synthesize/join.h"
#include "tests/experiments/small_checkpoint.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/tokens/token_file.h"

namespace aimc::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using workloads::message_of;
using workloads::TokenFile;

/// A small random model and requests to it.
class Synthesize : public testing::Test {
 protected:
  Synthesize() { test::write_small_checkpoint(folder_ / "model"); }
  [[nodiscard]] SynthesisRequest request(const std::string& out, std::int64_t tokens) const {
    SynthesisRequest request;
    request.model.path = folder_ / "model";
    request.out = folder_ / out;
    request.tokens = tokens;
    return request;
  }
  [[nodiscard]] std::string bytes(const std::string& out) const { return get(folder_ / out); }

  TemporaryDirectory folder_;
};

TEST_F(Synthesize, PacksWholeSequencesFromBos) {
  const auto result = synthesize(request("a", 100));
  EXPECT_EQ(result.sequences, 7);  // of 16: 112 tokens
  EXPECT_FALSE(result.has_tokenizer);
  const TokenFile file(folder_ / "a");
  EXPECT_EQ(file.info().tokens, 112);
  EXPECT_EQ(file.info().vocabulary, 24);
  EXPECT_EQ(file.info().tokenizer, "");
  EXPECT_THAT(file.info().origin, AllOf(HasSubstr(R"("model":"model")"), HasSubstr(R"("seed":1)")));
  for (std::int64_t i = 0; i < 7; ++i) EXPECT_EQ(file.sequence(i).front(), 1U);
}

// A run that stopped at EOS would leave sequences short or padded: texts after an EOS are as varied as before it.
TEST_F(Synthesize, EosIsATokenAsAnyOther) {
  (void)synthesize(request("a", 16 * 100));
  const TokenFile file(folder_ / "a");
  std::vector<std::uint32_t> after;
  for (std::int64_t i = 0; i < file.info().sequences; ++i) {
    const auto ids = file.sequence(i);
    const auto eos = std::ranges::find(ids.begin(), ids.end() - 1, 2U);
    if (eos != ids.end() - 1) after.insert(after.end(), eos + 1, ids.end());
  }
  ASSERT_GT(after.size(), 100U);
  std::ranges::sort(after);
  EXPECT_GT(std::ranges::unique(after).begin() - after.begin(), 15);
}

TEST_F(Synthesize, BatchAndThreadsChangeNoByte) {
  SynthesisRequest one = request("one", 16 * 11);
  one.batch = 1;
  (void)synthesize(one);
  for (const int threads : {1, 2, 3}) {
    for (const std::int64_t batch : {2, 5, 64}) {
      set_thread_count(threads);
      SynthesisRequest other = request("other", 16 * 11);
      other.batch = batch;
      other.replace = true;
      (void)synthesize(other);
      EXPECT_EQ(bytes("other"), bytes("one")) << threads << " threads, batch " << batch;
    }
  }
  set_thread_count(0);
}

TEST_F(Synthesize, AFewSequencesAreTheFirstOfMany) {
  (void)synthesize(request("few", 16 * 3));
  (void)synthesize(request("many", 16 * 9));
  const TokenFile few(folder_ / "few"), many(folder_ / "many");
  for (std::int64_t i = 0; i < 3; ++i) EXPECT_EQ(few.sequence(i), many.sequence(i));
  EXPECT_NE(many.sequence(3), many.sequence(4));
  SynthesisRequest other = request("other", 16 * 3);
  other.seed = 2;
  (void)synthesize(other);
  EXPECT_NE(TokenFile(folder_ / "other").sequence(0), few.sequence(0));
}

TEST_F(Synthesize, WorkersJoinToOneRun) {
  (void)synthesize(request("one", 16 * 8));
  std::vector<std::filesystem::path> files;
  for (const std::int64_t worker : {2, 0, 1}) {  // of unequal shares: 3, 3, 2
    SynthesisRequest part = request("part" + std::to_string(worker), 16 * 8);
    part.worker = worker;
    part.workers = 3;
    (void)synthesize(part);
    files.push_back(part.out);
  }
  join_workers(folder_ / "joined", files, false);
  EXPECT_EQ(bytes("joined"), bytes("one"));

  EXPECT_THAT(message_of<ConfigError>([&] { join_workers(folder_ / "joined", files, false); }), HasSubstr("exists"));
  const auto fails = [&](const std::vector<std::filesystem::path>& some) {
    return message_of<InputError>([&] { join_workers(folder_ / "x", some, false); });
  };
  EXPECT_THAT(fails({files[0], files[1]}), HasSubstr("of 3 workers, the files of 1 are missing"));
  EXPECT_THAT(fails({files[0], files[1], files[2], files[1]}), HasSubstr("worker 0 is there 2 times"));
  EXPECT_THAT(fails({files[0], folder_ / "one"}), HasSubstr("different runs"));
  SynthesisRequest longer = request("longer", 16 * 12);
  longer.worker = 1;
  longer.workers = 3;
  (void)synthesize(longer);
  EXPECT_THAT(fails({files[0], files[1], longer.out}), HasSubstr("different runs"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x"));
}

TEST_F(Synthesize, ContinuesAPartToTheSameBytes) {
  (void)synthesize(request("whole", 16 * 9));
  const std::string all = bytes("whole");
  for (const std::size_t missing : {1U, 32U, 33U, 100U, 16U * 9 * 2, 16U * 9 * 2 + 5}) {
    put(folder_ / "cut.part", all.substr(0, all.size() - missing));
    const auto result = synthesize(request("cut", 16 * 9));
    EXPECT_EQ(result.resumed, std::max(0, 9 - (static_cast<int>(missing) + 31) / 32)) << missing;
    EXPECT_EQ(bytes("cut"), all) << missing;
    std::filesystem::remove(folder_ / "cut");
  }
}

TEST_F(Synthesize, AnInterruptLeavesAPartThatIsContinued) {
  (void)synthesize(request("whole", 16 * 9));
  SynthesisRequest stopped = request("stopped", 16 * 9);
  stopped.batch = 2;
  EXPECT_THROW((void)synthesize(stopped,
                                [](std::int64_t done, std::int64_t) {
                                  if (done > 16 * 5) request_interrupt();
                                }),
               Interrupted);
  clear_interrupt();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "stopped"));
  EXPECT_EQ(synthesize(stopped).resumed, 4);
  EXPECT_EQ(bytes("stopped"), bytes("whole"));
}

TEST_F(Synthesize, APartOfAnotherCommandSaysWhatDiffers) {
  (void)synthesize(request("whole", 16 * 4));
  put(folder_ / "a.part", bytes("whole").substr(0, bytes("whole").size() - 40));
  SynthesisRequest other = request("a", 16 * 5);
  other.seed = 7;
  other.sampling.top_k = 3;
  EXPECT_THAT(message_of<ConfigError>([&] { (void)synthesize(other); }),
              AllOf(HasSubstr("seed: 1 there, 7 here"), HasSubstr("top_k: 0 there, 3 here"),
                    HasSubstr("sequences: 4 there, 5 here"), Not(HasSubstr("model"))));
  test::write_small_checkpoint(folder_ / "model", 9);  // trained on
  EXPECT_THAT(message_of<ConfigError>([&] { (void)synthesize(request("a", 16 * 4)); }), HasSubstr("model_files"));
  other.replace = true;
  EXPECT_EQ(synthesize(other).resumed, 0);
}

TEST_F(Synthesize, RefusesWhatCannotBe) {
  const auto fails = [&](auto change) {
    SynthesisRequest wrong = request("x", 32);
    change(wrong);
    const std::string message = message_of<ConfigError>([&] { (void)synthesize(wrong); });
    EXPECT_FALSE(std::filesystem::exists(folder_ / "x.part")) << message;
    return message;
  };
  EXPECT_THAT(fails([](auto& r) { r.tokens = 0; }), HasSubstr("--tokens 0"));
  EXPECT_THAT(fails([](auto& r) { r.length = 17; }), HasSubstr("2 to 16 tokens, the model's context"));
  EXPECT_THAT(fails([](auto& r) { r.length = 1; }), HasSubstr("--length 1"));
  EXPECT_THAT(fails([](auto& r) { r.sampling.temperature = 0; }), HasSubstr("--temperature 0"));
  EXPECT_THAT(fails([](auto& r) { r.sampling.top_p = 0; }), HasSubstr("top_p"));
  EXPECT_THAT(fails([](auto& r) { r.worker = 1; }), HasSubstr("--worker 1 of --workers 1"));
  EXPECT_THAT(fails([](auto& r) { r.worker = r.workers = 3; }), HasSubstr("0 to 2"));
  EXPECT_THAT(fails([](auto& r) { r.workers = 3, r.worker = 2; }), HasSubstr("leave nothing"));
  EXPECT_THAT(fails([](auto& r) { r.batch = std::int64_t{1} << 40; }), HasSubstr("do not fit"));
  put(folder_ / "there", "mine");
  EXPECT_THAT(fails([&](auto& r) { r.out = folder_ / "there"; }), HasSubstr("--force"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "there.part"));
  EXPECT_EQ(bytes("there"), "mine");
  SynthesisRequest nowhere = request("x", 32);
  nowhere.model.tokenizer = "none.json";
  EXPECT_THAT(message_of<InputError>([&] { (void)synthesize(nowhere); }), HasSubstr("none.json"));
}

/// softmax(logits / temperature) of the token after BOS, in double.
std::vector<double> probabilities_after_bos(const std::filesystem::path& path, double temperature) {
  const auto model = workloads::open_model(path, workloads::ModelFormat::hugging_face);
  const FloatModel plain(model);
  Sequence sequence = plain.executor().new_sequence(1);
  const std::vector<TokenId> bos{1};
  const Matrix logits = plain.executor().forward(bos, sequence, LogitsFor::last_token);
  std::vector<double> p;
  for (Index i = 0; i < logits.size(); ++i) p.push_back(std::exp(static_cast<double>(logits(0, i)) / temperature));
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& x : p) x /= sum;
  return p;
}

// Chi-square of 20,000 draws against the model, rare tokens together; 99.9 % quantile by Wilson and Hilferty (1931).
TEST_F(Synthesize, TokensComeAsOftenAsTheModelSays) {
  for (const double temperature : {0.6, 1.0, 1.7}) {
    SynthesisRequest pairs = request("pairs", 40000);
    pairs.length = 2;
    pairs.sampling.temperature = temperature;
    pairs.replace = true;
    pairs.batch = 500;
    (void)synthesize(pairs);
    const TokenFile file(folder_ / "pairs");
    const auto p = probabilities_after_bos(folder_ / "model", temperature);
    std::vector<double> seen(p.size());
    for (std::int64_t i = 0; i < file.info().sequences; ++i) seen[file.sequence(i)[1]] += 1;
    double chi_square = 0, rare_seen = 0, rare_expected = 0, cells = 0;
    for (std::size_t id = 0; id < p.size(); ++id) {
      const double expected = p[id] * 20000;
      if (expected < 10) {
        rare_seen += seen[id];
        rare_expected += expected;
        continue;
      }
      chi_square += (seen[id] - expected) * (seen[id] - expected) / expected;
      ++cells;
    }
    if (rare_expected > 0)
      chi_square += (rare_seen - rare_expected) * (rare_seen - rare_expected) / std::max(rare_expected, 10.0);
    const double freedom = cells - (rare_expected > 0 ? 0 : 1), spread = 2 / (9 * freedom);
    EXPECT_GT(cells, 10);
    EXPECT_LT(chi_square, freedom * std::pow(1 - spread + 3.09 * std::sqrt(spread), 3)) << temperature;
  }
}

TEST_F(Synthesize, TopKBoundsWhatIsDrawn) {
  SynthesisRequest pairs = request("pairs", 2000);
  pairs.length = 2;
  pairs.sampling.top_k = 3;
  (void)synthesize(pairs);
  const auto p = probabilities_after_bos(folder_ / "model", 1);
  auto sorted = p;
  std::ranges::sort(sorted, std::greater<>());
  const TokenFile file(folder_ / "pairs");
  std::set<std::uint32_t> seen;
  for (std::int64_t i = 0; i < file.info().sequences; ++i) seen.insert(file.sequence(i)[1]);
  EXPECT_EQ(seen.size(), 3U);
  for (const auto id : seen) EXPECT_GE(p[id], sorted[2]);
}

}  // namespace
}  // namespace aimc::sim
