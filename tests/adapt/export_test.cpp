// What is written of an adapted model is the model that was adapted.
#include "sim/adapt/export_model.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/adapt/fixture.h"
#include "tests/workloads/temporary_directory.h"

namespace aimc::adapt {
namespace {

/// A llama2.c checkpoint of drawn weights: dim 16, hidden_dim 24, 2 layers, 2 heads, 1 KV head, tied, context 8.
std::string drawn_checkpoint() {
  const std::int32_t header[7] = {16, 24, 2, 2, 1, 20, 8};
  // embed, norms, q, k, v, o, norms, gate, down, up, norm, two rotary tables [8, 4]
  const std::int64_t values = 320 + 32 + 512 + 256 + 256 + 512 + 32 + 3 * 768 + 16 + 64;
  const at::Tensor drawn = test::normals("checkpoint", 1, values) * 0.4;
  std::string bytes(sizeof(header) + 4 * static_cast<std::size_t>(values), '\0');
  std::memcpy(bytes.data(), header, sizeof(header));
  std::memcpy(bytes.data() + sizeof(header), drawn.contiguous().data_ptr<float>(),
              4 * static_cast<std::size_t>(values));
  return bytes;
}

Network network_of(const workloads::Model& model) {
  return {model.graph, Parameters::of_model(model, at::kCPU), plain_linears(model.graph, Precision::fp32)};
}

// llama2.c rotates pairs of neighbours, Hugging Face the halves of a head: the rows change places, the logits do not.
TEST(ExportModel, Llama2cBecomesTheSameModelOfHuggingFace) {
  const workloads::TemporaryDirectory directory;
  const auto file = directory.write("m.bin", drawn_checkpoint());
  const workloads::Model original = workloads::open_model(file, workloads::ModelFormat::llama2c);
  Network network = network_of(original);
  const auto out = directory.path() / "model";
  export_model(out, original.config, {.path = file, .format = workloads::ModelFormat::llama2c}, network,
               workloads::StoredType::f32);
  const workloads::Model written = workloads::open_model(out, workloads::ModelFormat::hugging_face);
  EXPECT_TRUE(written.config.tied_head);
  Network read = network_of(written);
  const at::NoGradGuard no_gradients;
  const at::Tensor ids = at::arange(16, at::kLong).remainder(7).reshape({2, 8});
  const at::Tensor expected = network.logits(ids, {});
  EXPECT_GT(expected.std().item<double>(), 0.1);
  EXPECT_TRUE(at::allclose(read.logits(ids, {}), expected, 1e-4, 1e-5));
}

}  // namespace
}  // namespace aimc::adapt
