#pragma once
#include "base/config/schema.h"
#include "base/units/quantity.h"

namespace aimc::config {

// A schema that uses every kind of key once.
enum class Coding { pwm, bit_serial };

struct Adc {
  int bits = 8;
  Energy energy{1e-12};
  auto operator<=>(const Adc&) const = default;
};

struct Deployment {
  std::string name;
  std::uint64_t seeds = 1;
  auto operator<=>(const Deployment&) const = default;
};

struct Machine {
  std::string name;
  int rows = 512;
  bool dynamic = false;
  double sigma = 0.5;
  Coding coding = Coding::pwm;
  Time latency{130'000};
  DataSize buffer{16384};
  std::optional<Frequency> clock;
  std::vector<int> sizes = {1, 2};
  std::filesystem::path model;
  Adc adc;
  std::optional<Adc> second;
  std::vector<Deployment> deployments;
  std::map<std::string, Adc> parts;
  bool operator==(const Machine&) const = default;
};

inline Schema<Machine> machine_schema() {
  Schema<Adc> adc;
  adc.key("bits", &Adc::bits, "Resolution of the converter.").range(1, 16);
  adc.key("energy", &Adc::energy, "Energy of one conversion.").positive();
  Schema<Deployment> deployment;
  deployment.key("name", &Deployment::name, "Its name in the report.").required();
  deployment.key("seeds", &Deployment::seeds, "Noise seeds.");
  Schema<Machine> machine;
  machine.key("name", &Machine::name, "What the report calls it.").required();
  machine.key("rows", &Machine::rows, "Word lines of an array.").range(1, 512);
  machine.key("dynamic", &Machine::dynamic, "Whether ranges follow the data.");
  machine.key("sigma", &Machine::sigma, "Spread.").range(0, 1);
  machine.key("coding", &Machine::coding, "How inputs are coded.")
      .choices({{"pwm", Coding::pwm}, {"bit_serial", Coding::bit_serial}});
  machine.key("latency", &Machine::latency, "Time of one product.").range(Time(1000), Time(1'000'000));
  machine.key("buffer", &Machine::buffer, "Input buffer.");
  machine.key("clock", &Machine::clock, "Clock.");
  machine.key("sizes", &Machine::sizes, "Sizes.").positive();
  machine.key("model", &Machine::model, "Path of the model.");
  machine.section("adc", &Machine::adc, adc, "The converter.");
  machine.section("second", &Machine::second, adc, "Another converter.");
  machine.list("deployments", &Machine::deployments, deployment, "What to compare.");
  machine.table("parts", &Machine::parts, adc, "Converters by name.");
  machine.unused(
      "sigma", &Machine::sigma, "rows", [](const Machine& m) { return m.rows == 1; }, "has no effect with one row");
  machine.check([](const Machine& m, const auto& error) {
    if (m.dynamic && m.coding == Coding::bit_serial) error("coding", "must be pwm when dynamic is true");
  });
  return machine;
}

}  // namespace aimc::config
