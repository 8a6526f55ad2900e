#include "tiles/device/device_schema.h"

namespace aimc::tiles {
namespace {

std::vector<std::pair<std::string, Limits>> limits_names() {
  return {{"none", Limits::none}, {"zero", Limits::zero}, {"window", Limits::window}};
}

config::Schema<ConverterSpec> make_converter_schema() {
  config::Schema<ConverterSpec> s;
  s.key("kind", &ConverterSpec::kind,
        "cells of a weight: differential pairs, one cell with the zero in the middle, or one signed coordinate")
      .choices({{"n_pair", ConverterKind::n_pair},
                {"single_device", ConverterKind::single_device},
                {"signed", ConverterKind::signed_cell}});
  s.key("g_max", &ConverterSpec::g_max, "largest conductance of a cell, in the unit of the device").range(0, 1e9);
  s.key("g_min", &ConverterSpec::g_min, "smallest conductance of a cell").range(0, 1e9);
  s.key("significance", &ConverterSpec::significance, "factors of the pairs, lowest first (n_pair)").range(1e-6, 1e6);
  s.key("added_to_maximum", &ConverterSpec::added_to_maximum, "added to a channel's largest weight (signed)")
      .range(0, 1);
  s.check([](const ConverterSpec& converter, const auto& error) {
    if (converter.g_min >= converter.g_max) error("g_max", "it is not above g_min");
    if (converter.kind == ConverterKind::signed_cell && converter.g_min != 0)
      error("g_min", "a signed coordinate starts at 0");
    if (converter.significance.empty()) error("significance", "list at least one factor");
    if (converter.significance.size() > 16) error("significance", "at most 16 pairs");
  });
  return s;
}

config::Schema<ProgrammingSpec> make_programming_schema() {
  config::Schema<ProgrammingSpec> s;
  s.section("sigma", &ProgrammingSpec::sigma, curve_schema(), "standard deviation of the target conductance");
  s.section("mean", &ProgrammingSpec::mean, curve_schema(), "mean, of the target; absent: the target");
  s.key("reference_maximum", &ProgrammingSpec::reference_maximum,
        "largest conductance of the fit: sigma scales with g_max over this")
      .positive();
  s.key("dead_zone", &ProgrammingSpec::dead_zone, "targets of smaller magnitude are left at zero").minimum(0);
  s.key("limits", &ProgrammingSpec::limits, "what bounds a programmed conductance").choices(limits_names());
  return s;
}

config::Schema<PowerLawSpec> make_power_law_schema() {
  config::Schema<PowerLawSpec> s;
  s.key("t_0", &PowerLawSpec::t_0, "time of the first read after programming").positive().required();
  s.section("exponent_mean", &PowerLawSpec::exponent_mean, curve_schema(), "mean exponent, of the target", true);
  s.section("exponent_std", &PowerLawSpec::exponent_std, curve_schema(), "its spread over the cells", true);
  return s;
}

config::Schema<DriftSpec> make_drift_schema() {
  config::Schema<RedrawSpec> redraw;
  redraw.key("at", &RedrawSpec::at, "time after programming").positive().required();
  redraw.section("sigma", &RedrawSpec::sigma, curve_schema(), "standard deviation around the target then", true);
  config::Schema<RelaxationSpec> relaxation;
  relaxation.key("mean_per_log", &RelaxationSpec::mean_per_log, "shift of the mean, times ln(t / 1 s)").required();
  relaxation.key("std_per_log", &RelaxationSpec::std_per_log, "spread, times ln(t / 1 s)").required();
  relaxation.key("std", &RelaxationSpec::std, "spread at 1 s").required();
  relaxation.key("not_before", &RelaxationSpec::not_before, "earlier times count as this one").positive();
  config::Schema<DriftSpec> s;
  s.section("power_law", &DriftSpec::power_law, make_power_law_schema(), "((t + t_0) / t_0)^-exponent");
  s.list("redraw", &DriftSpec::redraw, redraw, "distributions measured at single times");
  s.section("relaxation", &DriftSpec::relaxation, relaxation, "shift and spread with the logarithm of time");
  s.check([](const DriftSpec& drift, const auto& error) {
    const int families = static_cast<int>(drift.power_law.has_value()) + static_cast<int>(!drift.redraw.empty()) +
                         static_cast<int>(drift.relaxation.has_value());
    if (families > 1) error("", "give one of power_law, redraw, relaxation");
  });
  return s;
}

config::Schema<ReadNoiseSpec> make_read_noise_schema() {
  config::Schema<ReadNoiseSpec> s;
  s.key("t_read", &ReadNoiseSpec::t_read,
        "length of a read: sigma grows as sqrt(ln((t + t_0 + t_read) / (2 t_read))); absent: it does not grow")
      .positive();
  s.key("t_0", &ReadNoiseSpec::t_0, "time of the first read after programming");
  s.section("relative_sigma", &ReadNoiseSpec::relative_sigma, curve_schema(),
            "share of the drifted conductance, of the programmed one");
  s.section("sigma", &ReadNoiseSpec::sigma, curve_schema(), "in the unit of the device, of the drifted conductance");
  s.check([](const ReadNoiseSpec& noise, const auto& error) {
    if (noise.relative_sigma && noise.sigma) error("sigma", "give relative_sigma or sigma, not both");
  });
  return s;
}

void add_description(config::Schema<DeviceSpec>& s) {
  s.key("title", &DeviceSpec::title, "one line for people").required();
  s.key("source", &DeviceSpec::source, "where the numbers come from").required();
  s.key("kind", &DeviceSpec::kind, "published, derived, assumed or user").required();
  s.key("validity", &DeviceSpec::validity, "conductances, times and cells that the numbers were measured on");
  s.key("unit", &DeviceSpec::unit, "what conductances are counted in; weight: the cells hold the weight itself")
      .choices({{"uS", ConductanceUnit::microsiemens},
                {"counts", ConductanceUnit::counts},
                {"weight", ConductanceUnit::weight}});
}

}  // namespace

const config::Schema<DeviceSpec>& device_schema() {
  static const config::Schema<DeviceSpec> schema = [] {
    config::Schema<DeviceSpec> s;
    add_description(s);
    s.section("converter", &DeviceSpec::converter, make_converter_schema(), "how weights become conductances", true);
    s.section("programming", &DeviceSpec::programming, make_programming_schema(), "where cells end up");
    s.section("drift", &DeviceSpec::drift, make_drift_schema(), "how conductances change with time");
    s.section("read_noise", &DeviceSpec::read_noise, make_read_noise_schema(), "slow noise of reading");
    config::Schema<FaultsSpec> faults;
    faults.key("stuck_low", &FaultsSpec::stuck_low, "share of cells stuck at the lowest conductance").range(0, 1);
    faults.key("stuck_high", &FaultsSpec::stuck_high, "share of cells stuck at the highest conductance").range(0, 1);
    faults.check([](const FaultsSpec& shares, const auto& error) {
      if (shares.stuck_low + shares.stuck_high > 1) error("stuck_high", "the shares add up to more than 1");
    });
    s.section("faults", &DeviceSpec::faults, faults, "cells that cannot be programmed");
    s.key("limits", &DeviceSpec::limits, "what bounds a conductance after drift and read noise")
        .choices(limits_names());
    s.key("table", &DeviceSpec::table, "CSV of measured curves: columns conductance, mean, sigma, ...");
    s.check([](const DeviceSpec& device, const auto& error) {
      if (device.kind != "published" && device.kind != "derived" && device.kind != "assumed" && device.kind != "user")
        error("kind", "it is one of published, derived, assumed, user");
      if (device.unit == ConductanceUnit::weight && device.converter.kind != ConverterKind::signed_cell)
        error("unit", "weights themselves need converter: {kind: signed}");
    });
    return s;
  }();
  return schema;
}

}  // namespace aimc::tiles
