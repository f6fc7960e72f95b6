#include <algorithm>
#include <epicenter/resilience/send_rate.hpp>

namespace epicenter::resilience {
namespace {

constexpr std::int64_t weight_permille = 800;
constexpr std::int64_t milli_of_one_a_slice = 1'000'000'000'000 / send_rate::slice.count();

std::int64_t number_of(instant at) {
  return std::max<std::int64_t>(at.time_since_epoch().count(), 0) / send_rate::slice.count();
}

}  // namespace

void send_rate::sent(instant now) {
  roll(now);
  ++count_;
}

void send_rate::roll(instant now) {
  const std::int64_t here = number_of(now);
  if (slice_ < 0) slice_ = here;
  if (here <= slice_) return;
  const std::int64_t newest = count_ * milli_of_one_a_slice / (here - slice_);
  milli_ = known_ ? (weight_permille * newest + (1'000 - weight_permille) * milli_) / 1'000 : newest;
  known_ = true;
  slice_ = here;
  count_ = 0;
}

void send_rate::pause_until(instant until) {
  if (slice_ >= 0) slice_ = std::max(slice_, number_of(until));
}

std::int64_t send_rate::milli() const {
  return known_ ? milli_ : count_ * milli_of_one_a_slice;
}

}  // namespace epicenter::resilience
