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
  constexpr Quantity& operator+=(Quantity o) { si_ += o.si_; return *this; }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.si_ + b.si_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.si_ - b.si_); }
  friend constexpr Quantity operator*(Quantity a, double k) { return Quantity(a.si_ * k); }
  friend constexpr Quantity operator*(double k, Quantity a) { return Quantity(a.si_ * k); }
  friend constexpr Quantity operator/(Quantity a, double k) { return Quantity(a.si_ / k); }
  friend constexpr double operator/(Quantity a, Quantity b) { return a.si_ / b.si_; }

 private:
  double si_ = 0;
};

using Energy = Quantity<struct JouleTag>;            ///< joule
using Power = Quantity<struct WattTag>;              ///< watt
using Area = Quantity<struct SquareMetreTag>;        ///< square metre (printed in mm2)
using Frequency = Quantity<struct HertzTag>;         ///< hertz
using Bandwidth = Quantity<struct BytePerSecondTag>; ///< byte per second
using Conductance = Quantity<struct SiemensTag>;     ///< siemens

/// A span or instant of simulated time in whole picoseconds: exact, so that sums and comparisons never depend on order.
class Time {
 public:
  constexpr Time() = default;
  constexpr explicit Time(std::int64_t picoseconds) : picoseconds_(picoseconds) {}
  /// The nearest whole picosecond to a number of seconds.
  static constexpr Time from_seconds(double s) { return Time(static_cast<std::int64_t>(s * 1e12 + (s < 0 ? -0.5 : 0.5))); }
  [[nodiscard]] constexpr std::int64_t picoseconds() const { return picoseconds_; }
  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(picoseconds_) * 1e-12; }
  [[nodiscard]] constexpr double nanoseconds() const { return static_cast<double>(picoseconds_) * 1e-3; }
  constexpr auto operator<=>(const Time&) const = default;
  constexpr Time& operator+=(Time o) { picoseconds_ += o.picoseconds_; return *this; }
  friend constexpr Time operator+(Time a, Time b) { return Time(a.picoseconds_ + b.picoseconds_); }
  friend constexpr Time operator-(Time a, Time b) { return Time(a.picoseconds_ - b.picoseconds_); }
  friend constexpr Time operator*(Time a, std::int64_t k) { return Time(a.picoseconds_ * k); }
  friend constexpr Time operator*(std::int64_t k, Time a) { return Time(a.picoseconds_ * k); }

 private:
  std::int64_t picoseconds_ = 0;
};

constexpr Energy operator*(Power p, Time t) { return Energy(p.si() * t.seconds()); }
constexpr Power operator/(Energy e, Time t) { return Power(e.si() / t.seconds()); }

}  // namespace aimc
