#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tiles/device/cell_block.h"

namespace aimc::tiles {

/// Where the cells end up around their targets when they are programmed.
class ProgrammingHook {
 public:
  /// scale multiplies every sigma.
  ProgrammingHook(const DeviceSpec& device, double scale);
  ProgrammingHook(const ProgrammingSpec& spec, const ConverterSpec& converter, double scale);
  /// Programs block.target into block.programmed, with the numbers of the stream "programming".
  void apply(CellBlock& block) const;
  [[nodiscard]] double mean(double target, double full_scale) const;
  /// In the unit of the device.
  [[nodiscard]] double sigma(double target, double full_scale) const;

 private:
  [[nodiscard]] double factor(double full_scale) const;
  Curve mean_, sigma_;
  std::optional<double> reference_;
  double scale_;
  float dead_zone_;
  Bounds bounds_;
};

/// How conductances change with the time after programming.
class DriftHook {
 public:
  virtual ~DriftHook() = default;
  /// Moves block.held to block.seconds, with the numbers of the stream "drift".
  virtual void apply(CellBlock& block) const = 0;
  /// Mean factor on a cell programmed to its target.
  [[nodiscard]] virtual double mean_factor(double target, double full_scale, double seconds) const = 0;
  /// Standard deviation that drift adds in the unit of the device; of a spread of exponents, to first order.
  [[nodiscard]] virtual double sigma(double target, double full_scale, double seconds) const = 0;
  /// Throws ConfigError for a time the model has no numbers for.
  virtual void check_time(double /*seconds*/) const {}
};

/// scale multiplies exponents (power law), sigma (redraw) or shift and spread (relaxation).
[[nodiscard]] std::unique_ptr<const DriftHook> make_power_law_drift(const PowerLawSpec& spec, double scale);
[[nodiscard]] std::unique_ptr<const DriftHook> make_redraw_drift(const DeviceSpec& device, double scale);
[[nodiscard]] std::unique_ptr<const DriftHook> make_relaxation_drift(const RelaxationSpec& spec, double scale);
/// The family that the device has, or nothing.
[[nodiscard]] std::unique_ptr<const DriftHook> make_drift(const DeviceSpec& device, double scale);

/// Slow (1/f) noise of reading, drawn once for each time after programming.
class ReadNoiseHook {
 public:
  ReadNoiseHook(const ReadNoiseSpec& spec, double scale);
  /// Adds to block.held, with the numbers of the stream "read" / time.
  void apply(CellBlock& block) const;
  /// As a share of the drifted conductance.
  [[nodiscard]] double relative_sigma(double programmed, double drifted, double full_scale, double seconds) const;
  /// The factor that grows with time: sqrt(ln((t + t_0 + t_read) / (2 t_read))), 0 before the first read.
  [[nodiscard]] double growth(double seconds) const;
  [[nodiscard]] bool changes_with_time() const { return t_read_ > 0; }

 private:
  Curve relative_, absolute_;
  double t_read_ = 0, t_0_, scale_;
};

/// Cells stuck at the lowest or the highest conductance, the same ones at all times. A signed coordinate that is stuck
/// high has either sign with the same probability, unless it holds a level.
class FaultHook {
 public:
  FaultHook(const FaultsSpec& shares, const ConverterSpec& converter);
  /// Overwrites block.held, by the uniform numbers of the stream "faults".
  void apply(CellBlock& block) const;

 private:
  FaultsSpec shares_;
  double g_min_;
  bool signed_;
};

}  // namespace aimc::tiles
