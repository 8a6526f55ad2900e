#pragma once
#include <vector>

#include "tiles/crossbar/analog_linear.h"
#include "tiles/crossbar/programming.h"

namespace aimc::tiles {

/// The cells of one slice of an array's weights, relative to a cell at maximum conductance.
struct HeldSlice {
  Matrix codes;      ///< [columns, rows]; `unit` at maximum conductance
  double unit = 0;   ///< weight_grid for analog weights; levels x a power of two for slices
  double worth = 1;  ///< of a cell at maximum conductance: 1, or in steps of the weight code
};

/// What one array holds: row tile x column tile of a layer.
struct HeldCells {
  std::vector<HeldSlice> slices;  ///< from the lowest bits up; one for analog weights
  Vector reference;               ///< [columns] weight in the units of the model that the digital scale multiplies back
  double weight_offset = 0;       ///< offset encoding: added to every weight code before it was cut
};

/// What programs the cells of a layer.
struct CellSource {
  const Programming& programming;
  const Device* device = nullptr;  ///< null: ideal
  RandomKey key;                   ///< of the row tile
};

/// Where an array lies in its layer.
struct ArrayPlace {
  RowTile rows;
  Index first_column = 0, columns = 0;
};

/// Programs the array's part of clean weights [columns, in] (the channels of its column tile). Analog weights: those of
/// `programming`, as the fast crossbar holds them. Sliced ones are rounded to slicing.weight_bits (numerics A.6) and
/// cut into cells of bits_per_cell; the device then holds levels relative to the full one, with random numbers of their
/// own for each slice. key: of the row tile.
[[nodiscard]] HeldCells hold_cells(MatrixView clean, const ArrayPlace& place, const TileSpec& spec,
                                   const AnalogLinearOptions& options, const CellSource& source);

}  // namespace aimc::tiles
