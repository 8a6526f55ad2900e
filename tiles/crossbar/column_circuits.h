#pragma once
#include <vector>

#include "base/random/stream.h"
#include "tiles/spec/effects.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// Which columns of which layer a circuit serves: columns [first, first + columns) of `outputs`, for one slice of the
/// weights. Numbers of column o of slice s are s x outputs + o of a stream.
struct ColumnRange {
  Index first = 0, columns = 0, outputs = 0;
  int slice = 0;
  [[nodiscard]] std::uint64_t number() const {
    return static_cast<std::uint64_t>(slice * outputs) + static_cast<std::uint64_t>(first);
  }
};

/// What the array itself knows about one drive of its rows, normalised: inputs x in [-1, 1], weights w in [-1, 1].
struct ArrayDrive {
  Index rows = 0;
  double input_sum = 0;             ///< sum of x
  double input_norm = 0;            ///< sqrt(sum of x^2)
  const float* current = nullptr;   ///< [columns] sum of |w| |x|
  const float* far_sums = nullptr;  ///< [columns] sum of w x (1 - (1 - j / rows)^2)
  const float* power = nullptr;     ///< [columns] sum of |w| x^2
};

/// What the wires and cells of an array do to the sums of its columns, in the order of numerics A.7: IR drop, voltage
/// offset with series resistance, read noise. Sources: aihwkit rpu_forward_backward_pass.cpp, applyNonIdealities.
class ArrayCircuits {
 public:
  /// key: of the row tile.
  ArrayCircuits(const TileSpec& spec, const Effects& effects, const ColumnRange& range, const RandomKey& key);

  [[nodiscard]] bool acts() const { return ir_drop_ > 0 || offsets_act() || read_noise_ > 0; }
  [[nodiscard]] bool needs_current() const { return ir_drop_ > 0; }
  [[nodiscard]] bool needs_power() const { return read_noise_ > 0 && of_weights_; }

  /// sums [columns], normalised, in place. key: of this drive; names its own noise.
  void apply(const ArrayDrive& drive, const RandomKey& key, double* sums) const;

 private:
  [[nodiscard]] bool offsets_act() const { return !offset_.empty() || series_ > 0; }
  void drop_voltage(const ArrayDrive& drive, double* sums) const;
  void offset_references(const ArrayDrive& drive, double* sums) const;
  void add_read_noise(const ArrayDrive& drive, const RandomKey& key, double* sums) const;

  ColumnRange range_;
  double ir_drop_, ratio_, series_, read_noise_;
  bool of_weights_;
  std::vector<float> offset_;  ///< [columns] max(std N, 0); empty: none
};

/// What a column's readout does before its converter: nonlinearity, asymmetry of negative outputs, noise.
class ReadoutCircuits {
 public:
  ReadoutCircuits(const TileSpec& spec, const Effects& effects, const ColumnRange& range, const RandomKey& key);

  [[nodiscard]] bool acts() const { return !nonlinearity_.empty() || asymmetry_ != 0 || !noise_.empty() || gain_ != 1; }
  /// sums [columns], normalised, in place. key: of this conversion.
  void apply(const RandomKey& key, double* sums) const;

 private:
  ColumnRange range_;
  std::vector<float> nonlinearity_;  ///< [columns] n of y / (1 + |n y|); empty: none
  double gain_ = 1;                  ///< of the slope calibration
  double asymmetry_;
  std::vector<float> noise_;  ///< [columns] standard deviation; empty: none
};

/// Gain and offset of the converters of some columns, drawn once.
struct ConverterSpread {
  ConverterSpread(const TileSpec& spec, const Effects& effects, const ColumnRange& range, const RandomKey& key);
  std::vector<float> gain;    ///< [columns]; empty: exact
  std::vector<float> offset;  ///< [columns], in output codes; empty: exact
};

}  // namespace aimc::tiles
