#include "tiles/linear/product_primitive.h"

#include <omp.h>

#include <dnnl.hpp>
#include <map>
#include <mutex>

#include "base/check/check.h"
#include "tiles/linear/scratch.h"

namespace aimc::tiles {

class PackedWeights {
 public:
  explicit PackedWeights(dnnl::memory memory) : memory(std::move(memory)) {}
  dnnl::memory memory;
};

namespace {

using dnnl::memory;
using tag = memory::format_tag;

/// oneDNN chooses blocking by the thread count it sees and starts a team of its own; with one thread it does neither,
/// so that results depend on the shape alone (platform notes, trap 12).
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) {
    if (before_ != 1) omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before_ != 1) omp_set_num_threads(before_);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& this_thread_stream() {
  thread_local dnnl::stream stream(cpu());
  return stream;
}

memory::data_type data_type(ProductType type) {
  return type == ProductType::bf16 ? memory::data_type::bf16 : memory::data_type::f32;
}

dnnl::matmul::primitive_desc describe(const ProductShape& shape) {
  const memory::desc x({shape.tokens, shape.in}, data_type(shape.type), tag::ab);
  const memory::desc w({shape.in, shape.out}, data_type(shape.type), tag::any);
  const memory::desc y({shape.tokens, shape.out}, memory::data_type::f32, tag::ab);
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);  // library scratchpads are not safe across threads
  return {dnnl::matmul::desc(x, w, y), attributes, cpu()};
}

class Primitive final : public ProductPrimitive {
 public:
  Primitive(const ProductShape& shape, const dnnl::matmul::primitive_desc& description)
      : shape_(shape),
        matmul_(description),
        x_(description.src_desc()),
        w_(description.weights_desc()),
        y_(description.dst_desc()),
        scratchpad_(description.scratchpad_desc()),
        implementation_(description.impl_info_str()) {}

  const std::string& implementation() const override { return implementation_; }

  std::shared_ptr<const PackedWeights> pack(const float* weights) const override {
    const OneThread guard;
    const memory::desc plain({shape_.in, shape_.out}, memory::data_type::f32, tag::ba);
    memory from(plain, cpu(), const_cast<float*>(weights));  // oneDNN has no const memory; a reorder only reads
    memory to(w_, cpu());
    dnnl::reorder(from, to).execute(this_thread_stream(), from, to);
    this_thread_stream().wait();
    return std::make_shared<PackedWeights>(std::move(to));
  }

  bool same_layout(const ProductPrimitive& other) const override {
    return w_ == static_cast<const Primitive&>(other).w_;
  }

  void run(const void* x, const PackedWeights& weights, float* y) const override {
    const OneThread guard;
    const memory from(x_, cpu(), const_cast<void*>(x));
    const memory to(y_, cpu(), y);
    const memory scratchpad(scratchpad_, cpu(), scratch<std::byte>(Scratch::primitive, scratchpad_.get_size()));
    matmul_.execute(this_thread_stream(), {{DNNL_ARG_SRC, from},
                                           {DNNL_ARG_WEIGHTS, weights.memory},
                                           {DNNL_ARG_DST, to},
                                           {DNNL_ARG_SCRATCHPAD, scratchpad}});
  }

 private:
  ProductShape shape_;
  dnnl::matmul matmul_;
  memory::desc x_, w_, y_, scratchpad_;
  std::string implementation_;
};

std::shared_ptr<const ProductPrimitive> create(const ProductShape& shape) {
  const OneThread guard;
  try {
    return std::make_shared<Primitive>(shape, describe(shape));
  } catch (const dnnl::error& error) {
    AIMC_CHECK(shape.type == ProductType::bf16 && error.status == dnnl_unimplemented, "oneDNN: {}", error.what());
    return nullptr;
  }
}

bool bf16_implementation_names(std::string_view instructions) {
  const auto primitive = find_product_primitive({ProductType::bf16, 16, 512, 64});
  return primitive && primitive->implementation().find(instructions) != std::string::npos;
}

}  // namespace

std::shared_ptr<const ProductPrimitive> find_product_primitive(const ProductShape& shape) {
  static std::mutex mutex;
  static std::map<ProductShape, std::shared_ptr<const ProductPrimitive>> known;
  const std::scoped_lock lock(mutex);
  const auto [place, is_new] = known.try_emplace(shape);
  if (is_new) place->second = create(shape);
  return place->second;
}

bool has_amx_bf16() {
  static const bool answer = bf16_implementation_names("amx");
  return answer;
}

bool has_fast_bf16() {
  static const bool answer = has_amx_bf16() || bf16_implementation_names("avx512_core_bf16");
  return answer;
}

}  // namespace aimc::tiles
