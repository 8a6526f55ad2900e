#pragma once
#include <memory>
#include <string>

#include "base/tensor/matrix.h"

namespace aimc::tiles {

/// Number format of both factors; sums are always fp32.
enum class ProductType : std::uint8_t { fp32, bf16 };

/// Shape of one product: y[tokens, out] = x[tokens, in] W^T.
struct ProductShape {
  ProductType type = ProductType::fp32;
  Index tokens = 0, in = 0, out = 0;
  auto operator<=>(const ProductShape&) const = default;
};

/// Weights of one column block in the layout its primitives ask for; opaque outside product_primitive.cpp.
class PackedWeights;

/// A oneDNN matmul of one fixed shape, run on the calling thread alone. Primitives are created once per shape and
/// process, since creating one costs more than running a small one.
class ProductPrimitive {
 public:
  virtual ~ProductPrimitive() = default;
  /// oneDNN's name of the implementation, e.g. "brg:avx512_core".
  [[nodiscard]] virtual const std::string& implementation() const = 0;
  /// Packs fp32 weights [out, in] (rows contiguous); rounded to bf16 if that is the type.
  [[nodiscard]] virtual std::shared_ptr<const PackedWeights> pack(const float* weights) const = 0;
  /// Whether weights packed by the other primitive can be used by this one too.
  [[nodiscard]] virtual bool same_layout(const ProductPrimitive& other) const = 0;
  /// x [tokens, in] fp32 or bf16 bits, y [tokens, out] fp32, both contiguous. Thread-safe.
  virtual void run(const void* x, const PackedWeights& weights, float* y) const = 0;
};

/// The primitive of that shape; null when oneDNN has none on this CPU (bf16 without AVX-512).
std::shared_ptr<const ProductPrimitive> find_product_primitive(const ProductShape& shape);

/// Whether bf16 products are fast here: an implementation made for bf16 instructions (AVX-512 BF16 or AMX). Without
/// them oneDNN emulates bf16 at a third of fp32's speed.
bool has_fast_bf16();
/// Whether bf16 products run on AMX tiles, many times faster than fp32.
bool has_amx_bf16();

}  // namespace aimc::tiles
