#pragma once
#include <memory>
#include <string>

#include "base/tensor/matrix.h"
#include "tiles/linear/packed_layout.h"

namespace aimc::tiles {

/// Shape of one product: y[tokens, out] = x[tokens, in] W^T.
struct ProductShape {
  ProductType type = ProductType::fp32;
  Index tokens = 0, in = 0, out = 0;
  auto operator<=>(const ProductShape&) const = default;
};

/// Packed weights of one column block, as oneDNN names them; opaque outside product_primitive.cpp.
class PackedWeights;

/// A oneDNN matmul of one fixed shape, run on the calling thread alone. Primitives are created once per shape and
/// process, since creating one costs more than running a small one.
class ProductPrimitive {
 public:
  virtual ~ProductPrimitive() = default;
  /// oneDNN's name of the implementation, e.g. "brg:avx512_core".
  [[nodiscard]] virtual const std::string& implementation() const = 0;
  [[nodiscard]] virtual const PackedLayout& layout() const = 0;
  /// Packs fp32 weights [out, in] (contiguous) into layout().bytes of memory; rounded to bf16 or int8 if that is the
  /// type.
  virtual void pack(const float* weights, std::byte* to) const = 0;
  /// Names packed weights, which must outlive the result.
  [[nodiscard]] virtual std::shared_ptr<const PackedWeights> at(std::byte* packed) const = 0;
  /// x [tokens, in] fp32, bf16 bits or u8; y [tokens, out] fp32, or int32 for int8; both contiguous. Thread-safe.
  virtual void run(const void* x, const PackedWeights& weights, void* y) const = 0;
};

/// The primitive of that shape; null when oneDNN has none on this CPU (bf16 without AVX-512).
std::shared_ptr<const ProductPrimitive> find_product_primitive(const ProductShape& shape);
/// The primitive of that shape that reads weights packed for another one, and is no slower kind; null if there is none.
std::shared_ptr<const ProductPrimitive> find_product_primitive_like(const ProductShape& shape,
                                                                    const ProductPrimitive& other);

/// Whether bf16 products are fast here: an implementation made for bf16 instructions (AVX-512 BF16 or AMX). Without
/// them oneDNN emulates bf16 at a third of fp32's speed.
bool has_fast_bf16();
/// Whether bf16 products run on AMX tiles, many times faster than fp32.
bool has_amx_bf16();
/// Whether int8 products are exact and fast here: by VNNI or AMX instructions, which add in 32 bits. Without them
/// oneDNN adds pairs of products in 16 bits and saturates, which is wrong.
bool has_exact_int8();

}  // namespace aimc::tiles
