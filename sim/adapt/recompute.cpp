#include "sim/adapt/recompute.h"

#include <torch/csrc/autograd/autograd.h>

namespace aimc::adapt {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::Variable;
using torch::autograd::variable_list;

struct KeptPiece : torch::CustomClassHolder {
  explicit KeptPiece(Piece piece) : piece(std::move(piece)) {}
  Piece piece;
};

struct RecomputeFunction : Function<RecomputeFunction> {
  static Variable forward(AutogradContext* context, const Variable& x, const c10::intrusive_ptr<KeptPiece>& kept) {
    context->save_for_backward({x});
    context->saved_data["piece"] = c10::IValue::make_capsule(kept);
    const at::NoGradGuard no_gradients;
    return kept->piece(x, false);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto kept = c10::static_intrusive_pointer_cast<KeptPiece>(context->saved_data["piece"].toCapsule());
    const at::AutoGradMode with_gradients(true);
    at::Tensor x = context->get_saved_variables()[0].detach().requires_grad_(true);
    const at::Tensor y = kept->piece(x, true);
    torch::autograd::backward({y}, {gradients[0]});
    return {x.grad(), Variable()};
  }
};

}  // namespace

at::Tensor recomputed(const at::Tensor& x, Piece piece) {
  return RecomputeFunction::apply(x, c10::make_intrusive<KeptPiece>(std::move(piece)));
}

}  // namespace aimc::adapt
