#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/experiment/run_experiment.h"
#include "sim/experiment/run_result.h"
#include "tiles/spec/effects.h"

namespace aimc::sim {

/// Which linear, on what.
struct ExplainOptions {
  std::string layer;                  ///< as find_linear takes it
  std::string deployment;             ///< printed name; empty: the timed one
  std::optional<std::int64_t> token;  ///< this token of the probe alone; nothing: all
  std::int64_t tokens = 128;          ///< of the probe
};

/// How many values lie in each of equal bins over [low, high].
struct Histogram {
  double low = 0, high = 0;
  std::vector<std::int64_t> bins;
  std::int64_t beyond = 0;  ///< values outside, counted in the outermost bins too
};

/// What one row tile is given and gives.
struct RowTileView {
  std::int64_t first_row = 0, rows = 0;
  double input_range = 0;  ///< of the DAC; with dynamic ranges the mean over the tokens
  Histogram inputs;        ///< in units of the range, -1.25 .. 1.25
  double clipped = 0;      ///< share of inputs beyond the range
  Histogram codes;         ///< of the ADC, before clamping, from array sums without circuit noise; empty: see no_codes
  double saturated = 0;    ///< share of them beyond the largest code
  double lowest_code = 0, highest_code = 0;  ///< that occur, after clamping
};

/// The error that one cause alone makes on the reference's inputs.
struct CauseOfError {
  std::string cause;       ///< the name of an effect; "weights": of the grid or the bits that cells hold, always there
  double sqnr_db = 0;      ///< infinite: no error
  double power_share = 0;  ///< of its error power in the sum over all causes alone
};

/// Time and energy of the linear in the timed run.
struct LinearCost {
  std::string not_simulated;  ///< reason; empty when simulated
  InferenceWorkload workload;
  std::int64_t arrays = 0, mvms = 0, all_mvms = 0;
  double busy_s = 0;       ///< of all its arrays together
  double per_token_s = 0;  ///< from the first array's begin to the last one's end, mean over the decoded tokens
  double energy_j = 0, dynamic_j = 0;
};

/// Everything on one linear.
struct Explanation {
  std::string deployment, linear;
  std::int64_t in = 0, out = 0, row_tiles = 0, column_tiles = 0, tokens = 0;
  std::optional<std::int64_t> token;
  std::string token_text, text_before;  ///< of the token looked at
  int adc_largest_code = 0;
  std::string no_codes;  ///< why there are no ADC codes to show; empty: there are
  std::vector<RowTileView> tiles;
  Histogram weights;                  ///< |target| / full scale of the channel in its row tile, 0 .. 1
  double weights_rms = 0;             ///< of the same
  double held_beyond = 0;             ///< share of the weights that the cells hold beyond the window
  std::vector<CauseOfError> effects;  ///< the largest error first
  double sqnr_db = 0;                 ///< all effects together
  LinearCost cost;
};

/// Looks at one analog linear of a deployment on the reference's own inputs, with the first noise instance. Throws
/// ConfigError for a linear that is not there or not analog and where there are no weights or calibration text,
/// InputError. Times the workload: one call per process.
[[nodiscard]] Explanation explain(const ExperimentSpec& spec, const ExplainOptions& options);

}  // namespace aimc::sim
