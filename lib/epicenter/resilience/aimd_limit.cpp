#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/resilience/aimd_limit.hpp>

namespace epicenter::resilience {

aimd_limit::aimd_limit(std::size_t most) : most_(most), limit_(most) {
  EPICENTER_CHECK(most >= 1, "aimd limit: at least 1");
}

bool aimd_limit::on_result(const outcome& ended, std::size_t running) {
  const std::size_t before = limit_;
  const bool timed_out = ended.is_fail() && ended.failure() == failure_kind::attempt_timeout;
  if (timed_out || ended.is_throttled()) {
    limit_ = std::max<std::size_t>(1, limit_ * 9 / 10);
    successes_ = 0;
  } else if (ended.is_ok() && running * 2 >= limit_ && ++successes_ >= limit_) {
    limit_ = std::min(most_, limit_ + 1);
    successes_ = 0;
  }
  return limit_ != before;
}

}  // namespace epicenter::resilience
