#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/tensor/matrix.h"
#include "tiles/spec/effects.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::sim {

/// Converters and tiling in the terms of aihwkit and aihwkit-lightning (numerics A.3): what is not given stays as the
/// hardware has it.
struct MvmTerms {
  std::optional<double> input_resolution;   ///< inp_res: > 1 steps, 0 < r <= 1 one over steps, <= 0 no rounding
  std::optional<double> output_resolution;  ///< out_res: the same
  std::optional<double> output_bound;       ///< out_bound, <= 0 no clipping
  std::optional<Index> rows;                ///< max_input_size, <= 0 no split
  std::optional<tiles::InputRangeMode> range;
};

/// The terms as overrides of the hardware's keys, for a layer of `inputs` inputs. Throws one ConfigError that lists
/// every term no hardware can have.
std::vector<std::string> hardware_overrides(const MvmTerms& terms, Index inputs);

/// The effects that are left: a converter without resolution does not round, one without bound does not clip.
tiles::Effects effects_of(const MvmTerms& terms);

/// Bits of a converter with that resolution, 2^bits - 2 steps; nothing when no number of bits has it.
std::optional<int> bits_of_resolution(double resolution);

}  // namespace aimc::sim
