#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/timing/decode_sampler.h"
#include "sim/timing/workload.h"

namespace aimc::sim {

/// Leads equal requests that decode at the same time through windows of positions, instead of through all of them.
///
/// From the moment all of them decode, what a round takes (each request one token further) changes with the position
/// alone. So time runs as it is up to the end of a first window of rounds; then all requests jump to other positions at
/// once, keeping their places among each other, and after some rounds that nobody looks at a window is measured there
/// (DecodeSampler says where); at last they jump close to the end, and from there on time runs as it is again. Windows
/// that are not steady are measured again; where that does not help, or so many are needed that nothing is won, the
/// requests jump back to the end of the first window and everything is simulated.
///
/// Rounds are those of the first request, and so are the tokens named here.
class DecodeWindows {
 public:
  static constexpr std::int64_t rounds = 7;    ///< of a window; its place is the middle one
  static constexpr std::int64_t settling = 4;  ///< rounds after a jump that are not looked at

  DecodeWindows(const InferenceWorkload& workload, std::vector<std::int64_t> kinks, double tolerance);

  /// Whether tokens are sampled now as they are without sampling: in front of the jumps, or after the last one.
  [[nodiscard]] bool is_before() const { return stage_ <= Stage::first_window; }
  [[nodiscard]] bool is_after() const { return stage_ == Stage::after; }

  /// A request has sampled a new token. Tell it before round().
  void sampled(std::uint32_t request) { ++progress_[request]; }

  /// What a round of the first request was for.
  struct Round {
    bool measured = false;               ///< it belongs to the window
    bool begins = false;                 ///< a window begins after it
    std::optional<std::int64_t> window;  ///< a window ends with it: its place
    bool leaves = false;                 ///< time stops running as it is
    bool returns = false;                ///< from now on time runs as it is, at the token of this round
    std::int64_t jump = 0;               ///< by how many tokens all requests jump
  };
  /// The first request has sampled its decode token `token`.
  Round round(std::int64_t token, Time now);

  /// The tokens (left, returned] are to be interpolated; none when the requests never jumped.
  [[nodiscard]] std::int64_t left() const { return left_; }
  [[nodiscard]] std::int64_t returned() const { return returned_; }
  /// Of interpolated from simulated windows, but no less than the tolerance: between windows that are steady, tokens of
  /// different requests may meet otherwise now and then, and as they do after a jump back. 0 without jumps.
  [[nodiscard]] double largest_deviation() const;

 private:
  enum class Stage : std::uint8_t { filling, first_window, window, approach, after };
  void begin_window(Round& round, Time now);
  [[nodiscard]] bool is_steady() const;
  [[nodiscard]] bool is_fair() const;
  [[nodiscard]] Time mean() const;
  void end_window(std::int64_t token, Round& round);
  void end_first_window(std::int64_t token, Round& round);
  void choose_next(std::int64_t token, Round& round);

  const std::int64_t last_;  // decode token of a request
  const double tolerance_;
  std::vector<std::int64_t> kinks_;
  std::vector<std::int64_t> progress_, at_begin_,
      places_;  // [requests] tokens sampled: now, when the window began; ahead of the first one
  Stage stage_ = Stage::filling;
  std::int64_t wait_ = 0, tries_ = 0, visited_ = 0;
  std::vector<Time> seen_;  // times of the window's rounds
  Time since_;
  std::unique_ptr<DecodeSampler> sampler_;  // from the first window on
  std::int64_t left_ = 0, returned_ = 0, end_ = 0;
  bool gave_up_ = false;
};

}  // namespace aimc::sim
