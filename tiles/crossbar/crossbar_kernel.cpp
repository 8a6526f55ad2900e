#include "tiles/crossbar/crossbar_kernel.h"

#include "base/check/error.h"
#include "tiles/linear/integer_product.h"

namespace aimc::tiles {

ProductType product_type(CrossbarKernel kernel, Index weights) {
  switch (kernel) {
    case CrossbarKernel::fp32:
      return ProductType::fp32;
    case CrossbarKernel::bf16:
      if (!has_fast_bf16())
        throw ConfigError(
            "kernel bf16: this CPU has no bf16 matrix instructions; choose automatic or fp32 (the results are the "
            "same)");
      return ProductType::bf16;
    case CrossbarKernel::int8:
      if (!has_exact_int8())
        throw ConfigError(
            "kernel int8: this CPU has no VNNI or AMX instructions; choose automatic or fp32 (the results are the "
            "same)");
      return ProductType::int8;
    case CrossbarKernel::automatic:
      break;
  }
  return fastest_integer_type(weights);
}

std::string_view name_of(ProductType type) {
  switch (type) {
    case ProductType::int8:
      return "int8";
    case ProductType::bf16:
      return "bf16";
    case ProductType::fp32:
      break;
  }
  return "fp32";
}

}  // namespace aimc::tiles
