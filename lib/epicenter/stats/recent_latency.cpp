#include <algorithm>
#include <epicenter/stats/recent_latency.hpp>

namespace epicenter::stats {
namespace {

std::int64_t number_of(instant now) {
  return std::max<std::int64_t>(now.time_since_epoch().count(), 0) / recent_latency::slice_length.count();
}

}  // namespace

void recent_latency::record(instant now, duration latency) {
  const std::int64_t number = number_of(now);
  slice& target = slices_[static_cast<std::size_t>(number) % slice_count];
  if (target.number > number) return;  // a result from more than a minute ago
  if (target.number < number) {
    target.values.clear();
    target.number = number;
  }
  target.values.record(latency);
}

std::optional<duration> recent_latency::p50(instant now) {
  refresh(now);
  if (!known_) return std::nullopt;
  return p50_;
}

std::optional<duration> recent_latency::p95(instant now) {
  refresh(now);
  if (!known_) return std::nullopt;
  return p95_;
}

void recent_latency::refresh(instant now) {
  if (computed_at_ && now - *computed_at_ < 1s) return;
  computed_at_ = now;
  histogram all{5};
  const std::int64_t number = number_of(now);
  const std::int64_t oldest = number - static_cast<std::int64_t>(slice_count);
  for (const slice& s : slices_) {
    if (s.number >= 0 && s.number > oldest && s.number <= number) all.merge(s.values);
  }
  known_ = all.count() >= min_samples_;
  p50_ = all.latency(share{500'000});
  p95_ = all.latency(share{950'000});
}

}  // namespace epicenter::stats
