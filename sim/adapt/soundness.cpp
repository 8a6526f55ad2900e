#include "sim/adapt/soundness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check/error.h"

namespace aimc::adapt {

bool is_broken(double loss, double best, double guessing) {
  constexpr double least_rise = 1, most_times = 4;
  double far = most_times * best;
  if (best < guessing) far = std::min(far, (best + guessing) / 2);
  return !std::isfinite(loss) || loss > std::max(best + least_rise, far);
}

Soundness::Soundness(Progress& progress, std::int64_t vocabulary)
    : progress_(progress), guessing_(std::log(static_cast<double>(vocabulary))) {}

void Soundness::see_step(double loss) {
  if (!progress_.best_loss) progress_.best_loss = loss;
}

std::string Soundness::fault(double of_the_weights, double of_their_average) const {
  for (const double loss : {of_the_weights, of_their_average}) {
    if (!std::isfinite(loss)) return "the loss is not finite";
    if (progress_.best_loss && is_broken(loss, *progress_.best_loss, guessing_))
      return fmt::format("a loss of {:.4g} is that of broken weights, the best so far was {:.4g}", loss,
                         *progress_.best_loss);
  }
  return {};
}

void Soundness::saved(double loss) {
  progress_.best_loss = std::min(loss, progress_.best_loss.value_or(loss));
  saved_ = progress_.step;
  faults_in_a_row_ = 0;
}

void Soundness::not_saved(const std::string& fault) {
  constexpr int most_faults_in_a_row = 3;
  if (++faults_in_a_row_ == most_faults_in_a_row)
    throw InputError(
        fmt::format("the loss diverges: at step {}, and when saving before, {}. {}", progress_.step, fault, way_out()));
}

std::string Soundness::way_out() const {
  const std::string checkpoint =
      saved_ ? fmt::format("the last checkpoint is of step {}, but goes on at this rate only", *saved_)
             : "nothing was saved of this one";
  return "Begin anew with a lower optimiser.rate and another --out: " + checkpoint;
}

std::string Soundness::last_saved() const { return saved_ ? fmt::format("step {}", *saved_) : "the beginning"; }

}  // namespace aimc::adapt
