// What a token manager must do, in the plainest form: no coroutines, no signatures, time as a number. It is
// told what its callers and the endpoint do, and says what comes of it.
#pragma once

#include <algorithm>
#include <epicenter/runtime/error.hpp>
#include <epicenter/smart/error.hpp>
#include <epicenter/smart/token_exchange.hpp>
#include <map>
#include <optional>
#include <vector>

namespace epicenter::smart {

/// What the endpoint does with one request, drawn when it comes.
struct drawn_answer {
  instant asked;        ///< the first try
  instant sent;         ///< the last try
  instant answered;     ///< may be after the flight's end
  duration life{};      ///< of the token granted; 0: none
  std::error_code why;  ///< of a failure
  oauth_error refusal = oauth_error::none;
};

/// How a call of get() ended.
struct model_outcome {
  int caller = 0;
  instant at;
  std::uint64_t token = 0;  ///< 0: failed
  std::error_code why;
  friend bool operator==(const model_outcome&, const model_outcome&) = default;
};

class token_model {
 public:
  explicit token_model(duration flight_timeout) : flight_timeout_(flight_timeout) {}

  std::vector<model_outcome> outcomes;
  int flights = 0;  ///< begun so far
  int refreshed = 0, failed = 0, invalidated = 0;

  /// The refresh time is the manager's to draw: it is told, and checked by whoever tells.
  std::map<std::uint64_t, instant> refresh_times;

  void get(int caller, instant now, instant deadline) {
    if (held_ && now < std::min(refresh_of(*held_), join_of(*held_))) return end(caller, now, held_->id);
    const bool may_ask = flying_ || now >= quiet_until_;
    if (held_ && now < join_of(*held_)) {
      if (may_ask) start(now);
      return end(caller, now, held_->id);
    }
    if (!may_ask) return fail_or_old(caller, now, make_error_code(errc::backing_off));
    start(now);
    waiting_.emplace(caller, deadline);
  }

  void cancel(int caller, instant now) {
    if (waiting_.erase(caller) != 0) outcomes.push_back({caller, now, 0, make_error_code(errc::cancelled)});
  }

  bool invalidate(std::uint64_t id, instant now) {
    if (!held_ || held_->id != id) return false;
    held_.reset();
    ++invalidated;
    owed_until_ = std::max(owed_until_, now) + duration(1s);
    if (owed_until_ - now > 20s) quiet_until_ = std::max(quiet_until_, owed_until_ - 20s);
    return true;
  }

  void forgive() {
    quiet_until_ = {};
    quick_ = slow_ = 0;
    refusals_ = 0;
  }

  /// Lets time pass until the moment. `drawn` is what the endpoint drew for the flight in the air.
  void advance(instant now, const std::optional<drawn_answer>& drawn) {
    while (true) {
      const auto landing =
          flying_ && drawn ? std::min(drawn->answered, started_ + flight_timeout_) : instant::max();
      const auto next = std::min_element(waiting_.begin(), waiting_.end(),
                                         [](auto& a, auto& b) { return a.second < b.second; });
      const instant due = next == waiting_.end() ? instant::max() : next->second;
      if (std::min(landing, due) > now) return;
      if (due < landing) {
        const int caller = next->first;
        waiting_.erase(next);
        fail_or_old(caller, due, make_error_code(errc::timed_out));
      } else {
        land(landing, *drawn);
      }
    }
  }

  bool flying() const { return flying_; }
  instant started() const { return started_; }
  /// Whether the time lies within 75 to 85 % of the life of the token held.
  bool may_refresh_at(instant when) const {
    const duration age = when - held_->sent;
    return age * 4 >= held_->life * 3 && age * 20 <= held_->life * 17;
  }
  std::uint64_t held() const { return held_ ? held_->id : 0; }
  std::uint64_t newest() const { return last_id_; }
  std::size_t waiting() const { return waiting_.size(); }
  int some_waiter(std::size_t nth) const {
    return std::next(waiting_.begin(), static_cast<std::ptrdiff_t>(nth))->first;
  }

 private:
  struct token {
    std::uint64_t id;
    instant sent;
    duration life;
  };
  static instant join_of(const token& t) {
    const duration tenth = std::clamp<duration>(t.life / 10, 10s, 30s);
    return t.sent + t.life - std::min(tenth, t.life / 4);
  }
  instant refresh_of(const token& t) const { return refresh_times.at(t.id); }

  void end(int caller, instant at, std::uint64_t id) { outcomes.push_back({caller, at, id, {}}); }
  void fail_or_old(int caller, instant at, std::error_code why) {
    if (held_ && at < held_->sent + held_->life - 1s) return end(caller, at, held_->id);
    outcomes.push_back({caller, at, 0, why});
  }

  void start(instant now) {
    if (flying_) return;
    flying_ = true;
    started_ = now;
    ++flights;
  }

  void land(instant at, const drawn_answer& drawn) {
    flying_ = false;
    const bool late = drawn.answered >= started_ + flight_timeout_;
    const bool expired = !late && drawn.life > duration{} && at >= drawn.sent + drawn.life;
    std::error_code why = drawn.why;
    if (late) why = make_error_code(runtime::errc::timed_out);
    if (expired) why = make_error_code(errc::unavailable);
    if (!why) {
      held_ = token{++last_id_, drawn.sent, drawn.life};
      ++refreshed;
      known_ = true;
      forgive();
    } else {
      ++failed;
      quiet_until_ = at + pause(late ? oauth_error::none : drawn.refusal);
    }
    const auto woken = std::exchange(waiting_, {});
    for (const auto& [caller, deadline] : woken) {
      if (why) fail_or_old(caller, at, why);
      if (!why) end(caller, at, held_->id);
    }
  }

  // 1, 2, 4 … 30 s; 1, 2, 4, 5 min for a client that never had a token, from its third invalid_client on; 5
  // min where no user is mapped.
  duration pause(oauth_error said) {
    if (said == oauth_error::unauthorized_client) return 5min;
    if (said == oauth_error::invalid_client && !known_ && ++refusals_ > 2)
      return std::min<duration>(1min * (1 << std::min(slow_++, 10)), 5min);
    return std::min<duration>(1s * (1 << std::min(quick_++, 10)), 30s);
  }

  duration flight_timeout_;
  std::optional<token> held_;
  std::map<int, instant> waiting_;
  bool flying_ = false;
  instant started_{};
  instant quiet_until_{};
  instant owed_until_{};
  bool known_ = false;
  int quick_ = 0, slow_ = 0, refusals_ = 0;
  std::uint64_t last_id_ = 0;
};

}  // namespace epicenter::smart
