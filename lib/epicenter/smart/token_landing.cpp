// How a flight ends, and what else changes the token held.
#include <algorithm>
#include <epicenter/smart/token_flight.hpp>

namespace epicenter::smart {
namespace {

// 20 tokens at once, then one a second: at most 80 in the first minute and 60 in any other.
constexpr duration invalidation_cost = 1s;
constexpr duration invalidation_credit = 20s;

}  // namespace

std::string_view to_string(token_event_kind kind) {
  switch (kind) {
    case token_event_kind::refreshed:
      return "token.refreshed";
    case token_event_kind::refresh_failed:
      return "token.refresh_failed";
    case token_event_kind::invalidated:
      return "token.invalidated";
  }
  return "token.unknown";
}

void token_manager::take(token_ptr fresh) {
  current_ = std::move(fresh);
  pace_.succeeded();
  not_before_ = {};
  last_failure_.reset();
  last_refusal_ = oauth_error::none;
}

void token_manager::hold_back(const error& why, oauth_error refusal) {
  not_before_ = runtime_.now() + pace_.failed(refusal);
  last_failure_ = why;
  last_refusal_ = refusal;
}

void token_manager::land(flight& mine, result<token_ptr> outcome) {
  token_event event;
  event.kid = mine.trip->kid;
  if (outcome) {
    take(*outcome);
    event.kind = token_event_kind::refreshed;
    event.token_id = current_->id;
    event.lifetime = current_->expires_at - current_->sent_at;
  } else if (!stopped_) {
    hold_back(outcome.error(), mine.trip->refusal);
    event.kind = token_event_kind::refresh_failed;
    event.token_id = current_ ? current_->id : 0;
    event.retry_in = not_before_ - runtime_.now();
    event.reason = outcome.error().message();
    event.refusal = mine.trip->refusal;
  } else {
    outcome = fail(errc::stopped);
  }
  const bool ended_by_stop = stopped_ && !outcome;
  mine.outcome = std::move(outcome);
  flight_.reset();
  mine.landed.notify_all();
  if (!ended_by_stop) tell(std::move(event));
}

void token_manager::tell(token_event event) {
  if (!observer_) return;
  event.state = pace_.state();
  event.clock_offset = clock_offset();
  event.clock_differs = clock_.differs(runtime_.now(), runtime_.wall());
  observer_(event);
}

bool token_manager::invalidate(std::uint64_t token_id) {
  if (!current_ || current_->id != token_id) return false;
  current_.reset();
  const instant now = runtime_.now();
  paid_until_ = std::max(paid_until_, now) + invalidation_cost;
  if (const instant next = paid_until_ - invalidation_credit; next > now) {
    not_before_ = std::max(not_before_, next);
    if (!last_failure_)
      last_failure_.emplace(make_error_code(errc::refused), "tokens are refused as they come");
  }
  token_event event;
  event.kind = token_event_kind::invalidated;
  event.token_id = token_id;
  tell(std::move(event));
  return true;
}

void token_manager::observe_date(const http::response& answer, instant sent_at) {
  if (answer.fields.contains("Age")) return;
  const auto date = server_date(answer, runtime_.wall());
  if (date) clock_.learn(*date, sent_at, runtime_.now());
}

void token_manager::use_key(private_key key, token_ptr proved) {
  key_ = std::move(key);
  retry_now();
  if (!proved || (current_ && current_->id > proved->id) || runtime_.now() >= proved->expires_at) return;
  take(std::move(proved));
}

void token_manager::use_endpoint(const http::url& where) {
  options_.audience = where.to_string();
  options_.target = where.target;
}

void token_manager::retry_now() {
  pace_.forgive();
  not_before_ = {};
}

token_status token_manager::status() const {
  token_status made;
  made.state = pace_.state();
  made.token_id = current_ ? current_->id : 0;
  made.refresh_at = current_ ? current_->refresh_at : instant{};
  made.expires_at = current_ ? current_->expires_at : instant{};
  made.retry_at = not_before_;
  made.failures_in_a_row = pace_.failures_in_a_row();
  made.last_failure = last_failure_;
  made.last_refusal = last_refusal_;
  made.kid = key_.kid();
  if (current_) made.scopes = current_->scopes;
  made.clock_offset = clock_offset();
  made.clock_differs = clock_.differs(runtime_.now(), runtime_.wall());
  return made;
}

}  // namespace epicenter::smart
