#include "tiles/linear/product_primitive.h"

#include <omp.h>

#include <array>
#include <dnnl.hpp>
#include <map>
#include <mutex>
#include <unordered_map>

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
  switch (type) {
    case ProductType::bf16:
      return memory::data_type::bf16;
    case ProductType::int8:
      return memory::data_type::s8;
    case ProductType::fp32:
      break;
  }
  return memory::data_type::f32;
}

dnnl::matmul::primitive_desc describe(const ProductShape& shape, const memory::desc* weights) {
  const bool int8 = shape.type == ProductType::int8;
  const memory::desc x({shape.tokens, shape.in}, int8 ? memory::data_type::u8 : data_type(shape.type), tag::ab);
  const memory::desc any({shape.in, shape.out}, data_type(shape.type), tag::any);
  const memory::desc y({shape.tokens, shape.out}, int8 ? memory::data_type::s32 : memory::data_type::f32, tag::ab);
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);  // library scratchpads are not safe across threads
  return {dnnl::matmul::desc(x, weights != nullptr ? *weights : any, y), attributes, cpu()};
}

/// Recognises rows interleaved within groups of channels (brgemm) and plain [in, out] (gemm).
PackedLayout layout_of(const ProductShape& shape, const memory::desc& weights) {
  PackedLayout layout{shape.type, shape.in, shape.out, weights.get_size(), 0, 1, 0};
  const dnnl_memory_desc_t& data = weights.data;
  if (data.format_kind != dnnl_blocked || data.offset0 != 0 || data.extra.flags != 0) return layout;
  const dnnl_blocking_desc_t& blocks = data.format_desc.blocking;
  const auto row_stride = blocks.strides[0], group_stride = blocks.strides[1];
  const bool is_fp32 = shape.type == ProductType::fp32;
  const auto together = static_cast<Index>(4 / element_bytes(shape.type));
  if (blocks.inner_nblks == 0 && is_fp32 && row_stride == shape.out && group_stride == 1) {
    layout.group = shape.out;  // one group of all channels
  } else if (blocks.inner_nblks == (is_fp32 ? 2 : 3) && blocks.inner_idxs[0] == 0 && blocks.inner_idxs[1] == 1 &&
             (is_fp32 || (blocks.inner_idxs[2] == 0 && blocks.inner_blks[2] == together))) {
    layout.together = together;
    const auto group = blocks.inner_blks[1];
    // Blocks of rows must follow one another within a group.
    if (row_stride != blocks.inner_blks[0] * group * layout.together && data.padded_dims[0] > blocks.inner_blks[0])
      return layout;
    layout.group = group;
    layout.group_stride = group_stride;
  }
  return layout;
}

/// What a thread hands to every call; only the addresses change.
struct CallMemory {
  memory x, y, scratchpad;
};

class Primitive final : public ProductPrimitive {
 public:
  Primitive(const ProductShape& shape, const dnnl::matmul::primitive_desc& description)
      : shape_(shape),
        matmul_(description),
        x_(description.src_desc()),
        w_(description.weights_desc()),
        y_(description.dst_desc()),
        scratchpad_(description.scratchpad_desc()),
        scratchpad_bytes_(scratchpad_.get_size()),
        layout_(layout_of(shape, w_)),
        implementation_(description.impl_info_str()) {}

  const std::string& implementation() const override { return implementation_; }
  const PackedLayout& layout() const override { return layout_; }
  const memory::desc& weights() const { return w_; }

  void pack(const float* weights, std::byte* to) const override {
    const OneThread guard;
    const memory::desc plain({shape_.in, shape_.out}, memory::data_type::f32, tag::ba);
    memory from(plain, cpu(), const_cast<float*>(weights));  // oneDNN has no const memory; a reorder only reads
    memory packed(w_, cpu(), to);
    dnnl::reorder(from, packed).execute(this_thread_stream(), from, packed);
    this_thread_stream().wait();
  }

  std::shared_ptr<const PackedWeights> at(std::byte* packed) const override {
    return std::make_shared<PackedWeights>(memory(w_, cpu(), packed));
  }

  void run(const void* x, const PackedWeights& weights, void* y) const override {
    const OneThread guard;
    CallMemory& call = call_memory();
    call.x.set_data_handle(const_cast<void*>(x));
    call.y.set_data_handle(y);
    call.scratchpad.set_data_handle(scratch<std::byte>(Scratch::primitive, scratchpad_bytes_));
    // The C call: the C++ one copies a map of shared pointers, as much work as a small product.
    const std::array<dnnl_exec_arg_t, 4> arguments{{{DNNL_ARG_SRC, call.x.get()},
                                                    {DNNL_ARG_WEIGHTS, weights.memory.get()},
                                                    {DNNL_ARG_DST, call.y.get()},
                                                    {DNNL_ARG_SCRATCHPAD, call.scratchpad.get()}}};
    dnnl::error::wrap_c_api(dnnl_primitive_execute(matmul_.get(), this_thread_stream().get(),
                                                   static_cast<int>(arguments.size()), arguments.data()),
                            "matmul");
  }

 private:
  /// Primitives live as long as the process, so their addresses name them.
  CallMemory& call_memory() const {
    thread_local std::unordered_map<const Primitive*, CallMemory> known;
    const auto [place, is_new] = known.try_emplace(this);
    if (is_new)
      place->second = {memory(x_, cpu(), nullptr), memory(y_, cpu(), nullptr), memory(scratchpad_, cpu(), nullptr)};
    return place->second;
  }

  ProductShape shape_;
  dnnl::matmul matmul_;
  memory::desc x_, w_, y_, scratchpad_;
  std::size_t scratchpad_bytes_;
  PackedLayout layout_;
  std::string implementation_;
};

std::shared_ptr<const ProductPrimitive> create(const ProductShape& shape, const memory::desc* weights) {
  const OneThread guard;
  try {
    return std::make_shared<Primitive>(shape, describe(shape, weights));
  } catch (const dnnl::error& error) {
    const bool may_be_missing = shape.type != ProductType::fp32 || weights != nullptr;
    AIMC_CHECK(may_be_missing && error.status == dnnl_unimplemented, "oneDNN: {}", error.what());
    return nullptr;
  }
}

bool implementation_names(ProductType type, std::string_view instructions) {
  const auto primitive = find_product_primitive({type, 16, 512, 64});
  return primitive && primitive->implementation().find(instructions) != std::string::npos;
}

}  // namespace

std::shared_ptr<const ProductPrimitive> find_product_primitive(const ProductShape& shape) {
  static std::mutex mutex;
  static std::map<ProductShape, std::shared_ptr<const ProductPrimitive>> known;
  const std::scoped_lock lock(mutex);
  const auto [place, is_new] = known.try_emplace(shape);
  if (is_new) place->second = create(shape, nullptr);
  return place->second;
}

std::shared_ptr<const ProductPrimitive> find_product_primitive_like(const ProductShape& shape,
                                                                    const ProductPrimitive& other) {
  auto free_choice = find_product_primitive(shape);
  const memory::desc& weights = static_cast<const Primitive&>(other).weights();
  if (free_choice == nullptr || static_cast<const Primitive&>(*free_choice).weights() == weights) return free_choice;
  static std::mutex mutex;
  static std::map<std::pair<ProductShape, const ProductPrimitive*>, std::shared_ptr<const ProductPrimitive>> known;
  const std::scoped_lock lock(mutex);
  const auto [place, is_new] = known.try_emplace({shape, &other});
  if (is_new) {
    auto bound = create(shape, &weights);
    if (bound != nullptr && bound->implementation() == free_choice->implementation()) place->second = std::move(bound);
  }
  return place->second;
}

bool has_amx_bf16() {
  static const bool answer = implementation_names(ProductType::bf16, "amx");
  return answer;
}

bool has_fast_bf16() {
  static const bool answer = has_amx_bf16() || implementation_names(ProductType::bf16, "avx512_core_bf16");
  return answer;
}

bool has_exact_int8() {
  static const bool answer =
      implementation_names(ProductType::int8, "vnni") || implementation_names(ProductType::int8, "amx");
  return answer;
}

}  // namespace aimc::tiles
