#include "sim/experiment/model_tokenizer.h"

#include "base/check/error.h"

namespace aimc::sim {

namespace fs = std::filesystem;

fs::path tokenizer_path(const ModelReference& reference) {
  const fs::path folder = fs::is_directory(reference.path) ? reference.path : reference.path.parent_path();
  if (!reference.tokenizer.empty()) return folder / reference.tokenizer;
  return folder / (reference.format == workloads::ModelFormat::llama2c ? "tokenizer.bin" : "tokenizer.json");
}

std::unique_ptr<workloads::Tokenizer> open_tokenizer(const ModelReference& reference,
                                                     const workloads::ModelConfig& config) {
  const fs::path file = tokenizer_path(reference);
  if (file.extension() == ".bin") return workloads::open_llama2c_tokenizer(file, config.vocabulary);
  auto tokenizer = workloads::open_hugging_face_tokenizer(file);
  if (tokenizer->vocabulary() > config.vocabulary)
    throw InputError(fmt::format("{}: {} tokens, but the model's vocabulary has {}", file.string(),
                                 tokenizer->vocabulary(), config.vocabulary));
  return tokenizer;
}

}  // namespace aimc::sim
