#include "sim/adapt/check_models.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check/error.h"
#include "workloads/tokens/token_layout.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;

/// Fingerprints of the tokenizer files beside a model.
std::vector<std::string> tokenizers_beside(const fs::path& model) {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::is_directory(model) ? model : model.parent_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.starts_with("tok"))
      found.push_back(workloads::tokenizer_fingerprint(entry.path()));
  }
  return found;
}

}  // namespace

void check_models(const AdaptSpec& spec, const workloads::Model& student, const workloads::Model& teacher,
                  const workloads::TokenFile& tokens) {
  std::vector<std::string> complaints;
  const std::int64_t vocabulary = student.config.vocabulary;
  if (teacher.config.vocabulary != vocabulary)
    complaints.push_back(
        fmt::format("the teacher's vocabulary has {} tokens, the student's {}: distillation compares "
                    "them token by token",
                    teacher.config.vocabulary, vocabulary));
  if (tokens.info().vocabulary > vocabulary)
    complaints.push_back(fmt::format("{} was written with a vocabulary of {} tokens, the model has {}",
                                     spec.data.tokens.string(), tokens.info().vocabulary, vocabulary));
  const std::int64_t length =
      spec.data.sequence_length > 0 || tokens.info().sequences == 0 ? spec.data.sequence_length : tokens.length(0);
  if (spec.loss.distillation > 0 && teacher.config.context < length)
    complaints.push_back(
        fmt::format("sequences of {} tokens exceed the teacher's context of {}: set "
                    "data.sequence_length",
                    length, teacher.config.context));
  std::vector<fs::path> models{spec.model.path};
  if (spec.teacher) models.push_back(spec.teacher->path);
  for (const fs::path& model : models) {
    const auto known = tokenizers_beside(model);
    if (!tokens.info().tokenizer.empty() && !known.empty() &&
        std::find(known.begin(), known.end(), tokens.info().tokenizer) == known.end())
      complaints.push_back(fmt::format("{} was written with another tokenizer (fingerprint {}) than those beside {}",
                                       spec.data.tokens.string(), tokens.info().tokenizer, model.string()));
  }
  if (!complaints.empty()) throw InputError(fmt::format("{}", fmt::join(complaints, "\n")));
}

}  // namespace aimc::adapt
