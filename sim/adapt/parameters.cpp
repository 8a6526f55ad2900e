#include "sim/adapt/parameters.h"

#include <fmt/format.h>

#include "base/check/check.h"
#include "base/check/error.h"
#include "sim/adapt/kernels/tensor_kernels.h"

namespace aimc::adapt {
namespace {

const std::string head_name = "lm_head.weight";
const std::string embedding_name = "model.embed_tokens.weight";

bool is_stored(const workloads::TensorRequirement& tensor, bool tied) { return !tied || tensor.name != head_name; }

at::Tensor shaped(at::Tensor matrix, bool vector) { return vector ? matrix.reshape({matrix.size(1)}) : matrix; }

}  // namespace

Parameters Parameters::of_model(const workloads::Model& model, const at::Device& device) {
  if (!model.weights)
    throw InputError(fmt::format("{}: there are no weights beside its config.json", model.config.name));
  Parameters parameters;
  parameters.tied_head_ = model.config.tied_head;
  for (const auto& wanted : workloads::required_tensors(model.graph)) {
    if (!is_stored(wanted, parameters.tied_head_)) continue;
    at::Tensor tensor = at::empty({wanted.rows, wanted.columns}, at::kFloat);
    model.weights->read_rows(wanted.name, {wanted.rows, wanted.columns}, 0,
                             Eigen::Map<Matrix>(tensor.data_ptr<float>(), wanted.rows, wanted.columns));
    parameters.tensors_[wanted.name] = shaped(tensor, wanted.rows == 1).to(device);
  }
  return parameters;
}

Parameters Parameters::drawn(const workloads::Model& model, double deviation, const RandomKey& key,
                             const at::Device& device) {
  Parameters parameters;
  parameters.tied_head_ = model.config.tied_head;
  for (const auto& wanted : workloads::required_tensors(model.graph)) {
    if (!is_stored(wanted, parameters.tied_head_)) continue;
    if (wanted.rows == 1) {
      parameters.tensors_[wanted.name] = at::ones({wanted.columns}, at::kFloat).to(device);
      continue;
    }
    const bool ends_branch = wanted.name.ends_with("o_proj.weight") || wanted.name.ends_with("down_proj.weight");
    const double scale = ends_branch ? 1 / std::sqrt(2.0 * static_cast<double>(model.config.layers)) : 1;
    parameters.tensors_[wanted.name] = keyed_normal(key.child(wanted.name), {wanted.rows, wanted.columns}, at::kCPU)
                                           .mul_(deviation * scale)
                                           .to(device);
  }
  return parameters;
}

std::string Parameters::stored_name(const std::string& name) const {
  return tied_head_ && name == head_name ? embedding_name : name;
}

const at::Tensor& Parameters::at(const std::string& name) const {
  const auto found = tensors_.find(stored_name(name));
  AIMC_CHECK(found != tensors_.end(), "no parameter {}", name);
  return found->second;
}

at::Tensor& Parameters::at(const std::string& name) {
  const auto found = tensors_.find(stored_name(name));
  AIMC_CHECK(found != tensors_.end(), "no parameter {}", name);
  return found->second;
}

void Parameters::untie_head() {
  if (!tied_head_) return;
  tensors_[head_name] = at(embedding_name).detach().clone();
  tied_head_ = false;
}

void Parameters::require_gradients() {
  for (auto& [name, tensor] : tensors_) tensor.requires_grad_(true);
}

std::int64_t Parameters::count() const {
  std::int64_t values = 0;
  for (const auto& [name, tensor] : tensors_) values += tensor.numel();
  return values;
}

}  // namespace aimc::adapt
