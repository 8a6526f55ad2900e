#pragma once
#include <compare>
#include <cstdint>

namespace aimc {

/// A number with a dimension, stored in the SI unit named by Tag; quantities of different dimension do not mix.
template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(double si) : si_(si) {}
  /// The value in the SI unit of the dimension.
  [[nodiscard]] constexpr double si() const { return si_; }
  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity& operator+=(Quantity o) {
    si_ += o.si_;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.si_ + b.si_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.si_ - b.si_); }
  friend constexpr Quantity operator*(Quantity a, double k) { return Quantity(a.si_ * k); }
  friend constexpr Quantity operator*(double k, Quantity a) { return Quantity(a.si_ * k); }
  friend constexpr Quantity operator/(Quantity a, double k) { return Quantity(a.si_ / k); }
  friend constexpr double operator/(Quantity a, Quantity b) { return a.si_ / b.si_; }

 private:
  double si_ = 0;
};

using Energy = Quantity<struct JouleTag>;              ///< joule
using Power = Quantity<struct WattTag>;                ///< watt
using Area = Quantity<struct SquareMetreTag>;          ///< square metre (printed in mm2)
using Frequency = Quantity<struct HertzTag>;           ///< hertz
using Bandwidth = Quantity<struct BytePerSecondTag>;   ///< byte per second
using Conductance = Quantity<struct SiemensTag>;       ///< siemens
using Voltage = Quantity<struct VoltTag>;              ///< volt
using Length = Quantity<struct MetreTag>;              ///< metre (wires; the length of a vector is a plain number)
using EnergyPerBit = Quantity<struct JoulePerBitTag>;  ///< joule per bit
using PowerPerArea = Quantity<struct WattPerSquareMetreTag>;  ///< watt per square metre (printed in W/mm2)
using Duration =
    Quantity<struct SecondTag>;  ///< seconds as a real number, for spans beyond Time's range (drift: years)

/// An amount of memory or traffic in whole bytes.
class DataSize {
 public:
  constexpr DataSize() = default;
  constexpr explicit DataSize(std::int64_t bytes) : bytes_(bytes) {}
  [[nodiscard]] constexpr std::int64_t bytes() const { return bytes_; }
  constexpr auto operator<=>(const DataSize&) const = default;
  constexpr DataSize& operator+=(DataSize o) {
    bytes_ += o.bytes_;
    return *this;
  }
  friend constexpr DataSize operator+(DataSize a, DataSize b) { return DataSize(a.bytes_ + b.bytes_); }
  friend constexpr DataSize operator-(DataSize a, DataSize b) { return DataSize(a.bytes_ - b.bytes_); }
  friend constexpr DataSize operator*(DataSize a, std::int64_t k) { return DataSize(a.bytes_ * k); }
  friend constexpr DataSize operator*(std::int64_t k, DataSize a) { return DataSize(a.bytes_ * k); }

 private:
  std::int64_t bytes_ = 0;
};

/// A span or instant of simulated time in whole picoseconds: exact, so that sums and comparisons never depend on order.
class Time {
 public:
  constexpr Time() = default;
  constexpr explicit Time(std::int64_t picoseconds) : picoseconds_(picoseconds) {}
  /// The nearest whole picosecond to a number of seconds.
  static constexpr Time from_seconds(double s) {
    return Time(static_cast<std::int64_t>(s * 1e12 + (s < 0 ? -0.5 : 0.5)));
  }
  [[nodiscard]] constexpr std::int64_t picoseconds() const { return picoseconds_; }
  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(picoseconds_) / 1e12; }
  /// The period of a clock, to the nearest picosecond.
  static constexpr Time period(Frequency f) { return from_seconds(1.0 / f.si()); }
  [[nodiscard]] constexpr double nanoseconds() const { return static_cast<double>(picoseconds_) / 1e3; }
  constexpr auto operator<=>(const Time&) const = default;
  constexpr Time& operator+=(Time o) {
    picoseconds_ += o.picoseconds_;
    return *this;
  }
  friend constexpr Time operator+(Time a, Time b) { return Time(a.picoseconds_ + b.picoseconds_); }
  friend constexpr Time operator-(Time a, Time b) { return Time(a.picoseconds_ - b.picoseconds_); }
  friend constexpr Time operator*(Time a, std::int64_t k) { return Time(a.picoseconds_ * k); }
  friend constexpr Time operator*(std::int64_t k, Time a) { return Time(a.picoseconds_ * k); }

 private:
  std::int64_t picoseconds_ = 0;
};

/// The time to move `size` at `bandwidth` (> 0), to the nearest picosecond.
constexpr Time operator/(DataSize size, Bandwidth bandwidth) {
  return Time::from_seconds(static_cast<double>(size.bytes()) / bandwidth.si());
}
constexpr Energy operator*(EnergyPerBit e, DataSize size) {
  return Energy(e.si() * 8.0 * static_cast<double>(size.bytes()));
}
constexpr Power operator*(PowerPerArea density, Area area) { return Power(density.si() * area.si()); }
constexpr Power operator*(Energy e, Frequency f) { return Power(e.si() * f.si()); }
constexpr Energy operator*(Power p, Time t) { return Energy(p.si() * t.seconds()); }
constexpr Power operator/(Energy e, Time t) { return Power(e.si() / t.seconds()); }

}  // namespace aimc
