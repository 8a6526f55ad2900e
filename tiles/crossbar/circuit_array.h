#pragma once
#include <memory>
#include <optional>
#include <span>

#include "tiles/converter/column_converter.h"
#include "tiles/crossbar/column_circuits.h"
#include "tiles/crossbar/held_cells.h"
#include "tiles/crossbar/row_drivers.h"
#include "tiles/linear/integer_product.h"

namespace aimc::tiles {

/// One vector for an array, at one input range.
struct MvmRequest {
  const float* x = nullptr;  ///< [rows]
  float range = 0;
  RandomKey key;  ///< of this MVM: noise is a function of it alone
};
struct MvmOutcome {
  std::int64_t clipped = 0;    ///< inputs beyond the range
  std::int64_t saturated = 0;  ///< conversions beyond the bound
  std::int64_t cut = 0;        ///< those of them whose rounded code is beyond it, too
};

/// One array with the circuits around it (numerics A.7, in that order): drives rows pass by pass, lets the
/// non-idealities act on the sums of its columns, converts and recombines passes and slices.
class CircuitArray {
 public:
  /// key: of the row tile. The drivers must outlive this.
  CircuitArray(const TileSpec& spec, const AnalogLinearOptions& options, const RowDrivers& drivers,
               const ArrayPlace& place, Index outputs, HeldCells held, const RandomKey& key);

  [[nodiscard]] Index rows() const { return place_.rows.rows; }
  [[nodiscard]] Index columns() const { return place_.columns; }
  [[nodiscard]] Index first_column() const { return place_.first_column; }
  /// What a total of a column is in the units of the model, for the input range it was driven with.
  [[nodiscard]] float affine(double total, Index column, float range) const;
  [[nodiscard]] const std::string& implementation() const;
  /// [columns] Mean |output| in the units of the model when one row after another is driven at full scale: the probe of
  /// drift compensation (numerics C.5), through all circuits. key: of the probe.
  [[nodiscard]] Vector probe(const RandomKey& key) const;
  /// Multiplies the digital scales by factors [columns].
  void correct(const Vector& factors) { scale_ = scale_.cwiseProduct(factors); }

  /// totals [requests, columns]: sums over passes and slices of the codes by their weight. Adds what one attempt of
  /// each request drove, read and converted to counts.
  void run(std::span<const MvmRequest> requests, std::span<double> totals, std::span<MvmOutcome> outcomes,
           LinearCounts& counts) const;

 private:
  struct Slice {
    std::unique_ptr<IntegerProduct> exact;      ///< integer drives and codes
    std::unique_ptr<PackedProduct> rounded;     ///< other drives, and the far sums of the IR drop
    std::unique_ptr<PackedProduct> magnitudes;  ///< of |codes|
    double unit = 0, worth = 1;
    ArrayCircuits array;
    ReadoutCircuits readout;
    ConverterSpread spread;
    std::vector<ColumnConverter> converters;  ///< [passes]
  };
  struct Run;
  Slice make_slice(const HeldSlice& held, int number, const RandomKey& key) const;
  void multiply(const Slice& slice, Run& run) const;
  void let_array_act(const Slice& slice, std::size_t pass, Run& run) const;
  void convert(const Slice& slice, std::size_t pass, Run& run) const;
  void start_totals(Run& run) const;

  TileSpec spec_;
  Effects effects_;
  const RowDrivers& drivers_;
  ArrayPlace place_;
  Index outputs_;
  bool on_grid_;
  std::vector<Slice> slices_;
  Vector scale_;  ///< [columns] out_bound / largest code x reference; sliced: one step of the weight code
  double weight_offset_ = 0;
};

}  // namespace aimc::tiles
