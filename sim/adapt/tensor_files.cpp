#include "sim/adapt/tensor_files.h"

#include "workloads/model/safetensors_writer.h"
#include "workloads/model/weights.h"

namespace aimc::adapt {

struct TensorFile::Source {
  std::unique_ptr<workloads::WeightSource> weights;
};

void write_tensors(const std::filesystem::path& file, const NamedTensors& tensors, workloads::StoredType type) {
  std::vector<workloads::NamedTensor> named;
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor values = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
    const bool is_vector = values.dim() == 1;
    const Index rows = is_vector ? 1 : values.size(0), columns = is_vector ? values.size(0) : values.size(1);
    // Ranges decide codes: they stay what training ended with.
    const auto stored = name.ends_with(".input_range") ? workloads::StoredType::f32 : type;
    named.push_back({name, Eigen::Map<const Matrix>(values.data_ptr<float>(), rows, columns), is_vector, stored});
  }
  workloads::write_safetensors(file, named);
}

TensorFile::TensorFile(const std::filesystem::path& file)
    : source_(std::make_unique<Source>(Source{workloads::open_safetensors(file)})) {}
TensorFile::~TensorFile() = default;

bool TensorFile::contains(const std::string& name) const { return source_->weights->contains(name); }

at::Tensor TensorFile::read(const std::string& name, const at::Tensor& like) const {
  const Index rows = like.dim() == 1 ? 1 : like.size(0), columns = like.dim() == 1 ? like.size(0) : like.size(1);
  at::Tensor values = at::empty(like.sizes(), at::kFloat);
  source_->weights->read_rows(name, {rows, columns}, 0, Eigen::Map<Matrix>(values.data_ptr<float>(), rows, columns));
  return values;
}

}  // namespace aimc::adapt
