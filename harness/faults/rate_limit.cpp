#include "harness/faults/rate_limit.hpp"

#include <algorithm>
#include <atomic>
#include <epicenter/base/check.hpp>

#include "harness/faults/error_answer.hpp"

namespace epicenter::faults {
namespace {

struct settings {
  duration interval{};  ///< between two calls at the limit
  duration burst{};     ///< how far calls may run ahead of the limit
  unsigned status = 429;
  error_body body = error_body::outcome;
  std::optional<retry_after_form> retry_after;
};

/// The generic cell rate algorithm: a token bucket whose whole state is one moment, the time at which the
/// bucket would be full again, so that threads need no lock.
class rate_limit final : public fault {
 public:
  explicit rate_limit(settings s) : settings_(s) {}

  hooks acts_on() const override { return {.requests = true}; }

  request_verdict on_request(const call& c, runtime::random_stream&) override {
    const auto now = c.now.time_since_epoch();
    auto full = full_again_.load(std::memory_order_relaxed);
    for (;;) {
      const duration full_at(full);
      if (full_at - settings_.burst > now) return refused(full_at - settings_.burst - now, c.wall);
      const auto next = std::max(now, full_at) + settings_.interval;
      if (full_again_.compare_exchange_weak(full, next.count(), std::memory_order_relaxed)) return pass{};
    }
  }

 private:
  answer refused(duration wait, wall_time now) const {
    answer a;
    a.response.status = settings_.status;
    give_error_body(a.response, settings_.body, "throttled");
    if (settings_.retry_after)
      a.response.fields.add("Retry-After", retry_after_value(*settings_.retry_after, wait, now));
    return a;
  }

  settings settings_;
  std::atomic<duration::rep> full_again_{0};
};

struct limit_of_calls {
  std::int64_t events = 1;
  duration period{};
};

limit_of_calls limit_in(const json::object& canonical) {
  const auto* limit = canonical.find("limit");
  EPICENTER_CHECK(limit != nullptr && limit->find("events") != nullptr && limit->find("period") != nullptr,
                  "parameters are canonical");
  return {*limit->find("events")->to_int64(), duration(*limit->find("period")->to_int64())};
}

std::int64_t calls_of_one_second(const limit_of_calls& limit) {
  constexpr std::int64_t most = 1'000'000'000;  // no overflow below
  return std::max<std::int64_t>(1,
                                std::min(limit.events, most) * duration(1s).count() / limit.period.count());
}

}  // namespace

result<> check_rate_limit(const json::object& canonical) {
  if (limit_in(canonical).period <= 24h) return {};
  return fail(errc::bad_parameter, "limit: a rate in at most 24h is wanted");
}

std::unique_ptr<fault> make_rate_limit(const json::object& canonical) {
  const auto* status = canonical.find("status");
  const auto* body = canonical.find("body");
  const auto* retry_after = canonical.find("retry_after");
  EPICENTER_CHECK(status != nullptr && body != nullptr && retry_after != nullptr, "parameters are canonical");
  const auto limit = limit_in(canonical);
  settings s;
  // Rounded up, so that never more pass than the limit says.
  s.interval = duration((limit.period.count() - 1) / limit.events + 1);
  const auto* given = canonical.find("burst");
  const std::int64_t burst = given != nullptr ? *given->to_int64() : calls_of_one_second(limit);
  constexpr duration furthest = 10 * 365 * 24h;
  s.burst = burst - 1 > furthest / s.interval ? furthest : (burst - 1) * s.interval;
  s.status = static_cast<unsigned>(*status->to_int64());
  s.body = error_body_named(*body->if_string());
  const auto& form = *retry_after->if_string();
  if (form != "none") s.retry_after = form == "date" ? retry_after_form::date : retry_after_form::seconds;
  return std::make_unique<rate_limit>(s);
}

}  // namespace epicenter::faults
