#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "base/units/duration.h"
#include "base/units/format.h"
#include "base/units/parse.h"
#include "base/units/quantity.h"

namespace aimc {
namespace {

TEST(ParseQuantity, ReadsEveryDimensionExactly) {
  EXPECT_EQ(parse_quantity<Time>("130 ns"), Time(130'000));
  EXPECT_EQ(parse_quantity<Time>("1 day"), Time(86'400'000'000'000'000));
  EXPECT_EQ(parse_quantity<Time>("90 min"), Time::from_seconds(5400));
  EXPECT_EQ(parse_quantity<Time>("2 h"), Time::from_seconds(7200));
  EXPECT_EQ(parse_quantity<Time>("1 ps"), Time(1));
  EXPECT_EQ(parse_quantity<Duration>("10 years").si(), 315'360'000.0);
  EXPECT_EQ(parse_quantity<Energy>("12.5 nJ").si(), 12.5e-9);
  EXPECT_EQ(parse_quantity<Energy>("34.1 pJ").si(), 34.1e-12);
  EXPECT_EQ(parse_quantity<Energy>("35.9fJ").si(), 35.9e-15);
  EXPECT_EQ(parse_quantity<EnergyPerBit>("3.92 pJ/bit").si(), 3.92e-12);
  EXPECT_EQ(parse_quantity<EnergyPerBit>("8 pJ/B").si(), 1e-12);
  EXPECT_EQ(parse_quantity<Bandwidth>("68.3 GB/s").si(), 68.3e9);
  EXPECT_EQ(parse_quantity<Bandwidth>("8 Gbit/s").si(), 1e9);
  EXPECT_EQ(parse_quantity<Frequency>("1.2 GHz").si(), 1.2e9);
  EXPECT_EQ(parse_quantity<Area>("0.634 mm2").si(), 0.634e-6);
  EXPECT_EQ(parse_quantity<Area>("59.2 um2").si(), 59.2e-12);
  EXPECT_EQ(parse_quantity<DataSize>("16 KiB").bytes(), 16384);
  EXPECT_EQ(parse_quantity<DataSize>("1.5 MiB").bytes(), 1'572'864);
  EXPECT_EQ(parse_quantity<DataSize>("2 GB").bytes(), 2'000'000'000);
  EXPECT_EQ(parse_quantity<DataSize>("7 B").bytes(), 7);
  EXPECT_EQ(parse_quantity<Conductance>("20 uS").si(), 20e-6);
  EXPECT_EQ(parse_quantity<Conductance>("20 \u00b5S").si(), 20e-6);
  EXPECT_EQ(parse_quantity<Power>("1 W").si(), 1.0);
  EXPECT_EQ(parse_quantity<Power>("1e3 mW").si(), 1.0);
  EXPECT_EQ(parse_quantity<Length>("1 mm").si(), 1e-3);
  EXPECT_EQ(parse_quantity<Length>("1 m").si(), 1.0);
  EXPECT_EQ(parse_quantity<Voltage>("-0.8 V").si(), -0.8);
  EXPECT_EQ(parse_quantity<PowerPerArea>("50 mW/mm2").si(), 5e4);
}

TEST(ParseQuantity, RefusesEverythingElseAndNamesTheUnit) {
  for (const char* text : {"130", "", "ns", "130 nS", "130 nJ", "130 n", "130 ns ns", "0x10 ns", "nan ns", "inf s",
                           "1e999 s", "1,5 ns", "130 Ns", "1 Ks", "107 days", "-1e300 s", ". s", "1 kmin"}) {
    EXPECT_THROW((void)parse_quantity<Time>(text), ConfigError) << text;
  }
  EXPECT_THROW((void)parse_quantity<DataSize>("1.5 B"), ConfigError);
  EXPECT_THROW((void)parse_quantity<DataSize>("1e30 B"), ConfigError);
  EXPECT_THROW((void)parse_quantity<Area>("1 mmm2"), ConfigError);
  try {
    (void)parse_quantity<Energy>("12.5");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("'12.5' has no unit; expected an energy with a unit, such as \"12.5 nJ\""));
  }
}

TEST(FormatQuantity, FourDigitsAndAPrefix) {
  EXPECT_EQ(format_quantity(Energy(13.4321e-9)), "13.43 nJ");
  EXPECT_EQ(format_quantity(Time(1'016'000'000)), "1.016 ms");
  EXPECT_EQ(format_quantity(Area(0.634e-6)), "0.634 mm2");
  EXPECT_EQ(format_quantity(Area(59.2e-12)), "59.2 um2");
  EXPECT_EQ(format_quantity(Area(800e-6)), "800 mm2");
  EXPECT_EQ(format_quantity(Energy(999.96e-9)), "1 uJ");
  EXPECT_EQ(format_quantity(Energy(1e-15)), "1 fJ");
  EXPECT_EQ(format_quantity(Energy(1.5e-17)), "0.015 fJ");
  EXPECT_EQ(format_quantity(Power(0)), "0 W");
  EXPECT_EQ(format_quantity(Power(-0.25)), "-250 mW");
  EXPECT_EQ(format_quantity(Frequency(1.2e9)), "1.2 GHz");
  EXPECT_EQ(format_quantity(Bandwidth(68.3e9)), "68.3 GB/s");
  EXPECT_EQ(format_quantity(EnergyPerBit(3.92e-12)), "3.92 pJ/bit");
  EXPECT_EQ(format_quantity(PowerPerArea(5e4)), "50 mW/mm2");
  EXPECT_EQ(format_quantity(DataSize(16384)), "16 KiB");
  EXPECT_EQ(format_quantity(DataSize(7)), "7 B");
  EXPECT_EQ(format_quantity(DataSize(2'000'000'000)), "2 GB");
}

TEST(FormatExactly, ReadsBackToTheSameDouble) {
  using units::dimension_of;
  EXPECT_EQ(units::format_exactly(130e-9, dimension_of<Time>()), "130 ns");
  EXPECT_EQ(units::format_exactly(30.517578125e-6, dimension_of<Time>()), "30.517578125 us");
  for (const double value : {1.0 / 3.0, 1e-30, 5e25, 6.62607015e-7, 123456789.0, -0.1, 0.0, 1e-15 / 7}) {
    for (const auto* dimension :
         {&dimension_of<Energy>(), &dimension_of<Area>(), &dimension_of<PowerPerArea>(), &dimension_of<EnergyPerBit>(),
          &dimension_of<Duration>(), &dimension_of<Bandwidth>()}) {
      const std::string text = units::format_exactly(value, *dimension);
      EXPECT_EQ(units::parse(text, *dimension), value) << text;
    }
  }
}

TEST(Quantity, CombinesDimensions) {
  EXPECT_DOUBLE_EQ((Power(2) * Time::from_seconds(3)).si(), 6);
  EXPECT_EQ(Time::period(Frequency(1.2e9)), Time(833));
  EXPECT_EQ(DataSize(683) / Bandwidth(68.3e9), Time(10'000));
  EXPECT_DOUBLE_EQ((EnergyPerBit(1e-12) * DataSize(10)).si(), 80e-12);
}

TEST(Durations, LargestWholeUnit) {
  EXPECT_EQ(duration_text(0), "0 s");
  EXPECT_EQ(duration_text(1), "1 s");
  EXPECT_EQ(duration_text(90), "90 s");
  EXPECT_EQ(duration_text(7200), "2 h");
  EXPECT_EQ(duration_text(86400), "1 day");
  EXPECT_EQ(duration_text(30 * 86400.0), "30 days");
  EXPECT_EQ(duration_text(365 * 86400.0), "1 year");
}

}  // namespace
}  // namespace aimc
