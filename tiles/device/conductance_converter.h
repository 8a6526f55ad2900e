#pragma once
#include <cstdint>
#include <memory>

#include "tiles/device/device_spec.h"

namespace aimc::tiles {

/// Maps weights of a channel, whose largest magnitude is `maximum`, to planes of cells and back (numerics C.1).
class ConductanceConverter {
 public:
  virtual ~ConductanceConverter() = default;
  [[nodiscard]] virtual int planes() const = 0;
  /// The largest conductance of a cell, which curves of rho are relative to.
  [[nodiscard]] virtual double full_scale(float maximum) const = 0;
  /// Target conductances of one plane.
  virtual void to_cells(int plane, const float* weights, std::int64_t count, float maximum, float* cells) const = 0;
  /// Sets (plane 0) or adds what a plane's conductances contribute to the weights.
  virtual void to_weights(int plane, const float* cells, std::int64_t count, float maximum, float* weights) const = 0;
};

[[nodiscard]] std::unique_ptr<const ConductanceConverter> make_signed_converter(const ConverterSpec& spec,
                                                                                ConductanceUnit unit);
[[nodiscard]] std::unique_ptr<const ConductanceConverter> make_pair_converter(const ConverterSpec& spec);
[[nodiscard]] std::unique_ptr<const ConductanceConverter> make_single_device_converter(const ConverterSpec& spec);
/// CellCoding::one_cell. A signed fit holds the level as a positive weight; of several pairs one cell is taken.
[[nodiscard]] std::unique_ptr<const ConductanceConverter> make_level_converter(const ConverterSpec& spec,
                                                                               ConductanceUnit unit);

[[nodiscard]] std::unique_ptr<const ConductanceConverter> make_conductance_converter(const ConverterSpec& spec,
                                                                                     ConductanceUnit unit);

}  // namespace aimc::tiles
