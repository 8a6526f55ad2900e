#pragma once
#include <map>
#include <string>

#include "base/random/stream.h"
#include "sim/adapt/torch.h"
#include "workloads/model/model.h"

namespace aimc::adapt {

/// The trainable tensors of a network by their checkpoint names ("model.layers.3.self_attn.q_proj.weight"), fp32.
/// Matrices are [out, in], gains of norms [n]. A tied head has no entry of its own: it is the embedding.
class Parameters {
 public:
  /// Copies a model's weights to the device. Throws InputError when the model has none.
  static Parameters of_model(const workloads::Model& model, const at::Device& device);
  /// Normal draws of a deviation (o_proj and down_proj: over sqrt(2 layers)), gains of one; keyed by name.
  static Parameters drawn(const workloads::Model& model, double deviation, const RandomKey& key,
                          const at::Device& device);

  /// The tensor; "lm_head.weight" of a tied head is the embedding's.
  [[nodiscard]] const at::Tensor& at(const std::string& name) const;
  at::Tensor& at(const std::string& name);
  [[nodiscard]] bool contains(const std::string& name) const { return tensors_.contains(stored_name(name)); }
  [[nodiscard]] const std::map<std::string, at::Tensor>& all() const { return tensors_; }
  [[nodiscard]] bool tied_head() const { return tied_head_; }
  /// Gives the head a copy of the embedding.
  void untie_head();
  /// Replaces or adds a tensor.
  void put(const std::string& name, at::Tensor tensor) { tensors_[name] = std::move(tensor); }
  void require_gradients();
  /// Number of values.
  [[nodiscard]] std::int64_t count() const;

 private:
  [[nodiscard]] std::string stored_name(const std::string& name) const;
  std::map<std::string, at::Tensor> tensors_;  ///< in the order of names
  bool tied_head_ = false;
};

}  // namespace aimc::adapt
