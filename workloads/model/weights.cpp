#include "workloads/model/weights.h"

#include <fmt/ranges.h>

#include "base/check/error.h"
#include "base/check/first_few.h"

namespace aimc::workloads {
namespace {

class TiedHead : public WeightSource {
 public:
  explicit TiedHead(std::shared_ptr<const WeightSource> source) : source_(std::move(source)) {}
  [[nodiscard]] std::optional<std::vector<Index>> shape(const std::string& name) const override {
    return source_->shape(stored_name(name));
  }
  void read_rows(const std::string& name, const TensorShape& shape, Index first, MatrixSpan to) const override {
    source_->read_rows(stored_name(name), shape, first, to);
  }

 private:
  static std::string stored_name(const std::string& name) {
    return name == "lm_head.weight" ? "model.embed_tokens.weight" : name;
  }
  std::shared_ptr<const WeightSource> source_;
};

}  // namespace

Matrix WeightSource::read(const std::string& name, Index rows, Index columns) const {
  Matrix nothing(0, columns);
  read_rows(name, {rows, columns}, 0, nothing);  // complains before memory is asked for a wrong shape
  Matrix values(rows, columns);
  read_rows(name, {rows, columns}, 0, values);
  return values;
}

std::shared_ptr<const WeightSource> tie_head(std::shared_ptr<const WeightSource> source) {
  return std::make_shared<TiedHead>(std::move(source));
}

std::vector<TensorRequirement> required_tensors(const Graph& graph) {
  std::vector<TensorRequirement> tensors;
  for (const Node& node : graph.nodes) {
    const std::string name = node.name + ".weight";
    if (const auto* embed = std::get_if<EmbedOp>(&node.op))
      tensors.push_back({name, embed->vocabulary, node.out_features});
    if (std::holds_alternative<RmsNormOp>(node.op)) tensors.push_back({name, 1, node.out_features});
    if (const auto* linear = std::get_if<LinearOp>(&node.op))
      tensors.push_back({name, linear->out_features, linear->in_features});
  }
  return tensors;
}

void check_weights(const WeightSource& source, const Graph& graph) {
  std::vector<std::string> complaints;
  for (const TensorRequirement& tensor : required_tensors(graph)) {
    const std::vector<Index> matrix{tensor.rows, tensor.columns}, vector{tensor.columns};
    const std::vector<Index>& expected = tensor.rows == 1 ? vector : matrix;
    const auto stored = source.shape(tensor.name);
    if (!stored)
      complaints.push_back(fmt::format("{} {} is missing", tensor.name, expected));
    else if (*stored != expected && *stored != matrix)
      complaints.push_back(fmt::format("{} has shape {}, config.json asks for {}", tensor.name, *stored, expected));
  }
  if (!complaints.empty())
    throw InputError(fmt::format("the weights of {} do not fit its configuration ({} tensors):\n  {}", graph.model_name,
                                 complaints.size(), first_few(complaints)));
}

}  // namespace aimc::workloads
