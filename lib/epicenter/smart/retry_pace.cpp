#include <algorithm>
#include <epicenter/smart/retry_pace.hpp>

namespace epicenter::smart {

std::string_view to_string(token_state state) {
  switch (state) {
    case token_state::idle:
      return "idle";
    case token_state::good:
      return "good";
    case token_state::failing:
      return "failing";
    case token_state::propagating:
      return "propagating";
    case token_state::misconfigured:
      return "misconfigured";
  }
  return "unknown";
}

duration retry_pace::doubled(duration& last, duration first, duration most) const {
  last = last == duration{} ? first : std::min(2 * last, most);
  return last;
}

duration retry_pace::failed(oauth_error why) {
  ++failures_;
  if (why == oauth_error::unauthorized_client) {
    state_ = token_state::misconfigured;
    return options_.misconfigured_backoff;
  }
  if (why == oauth_error::invalid_client && !known_ && ++refusals_ > 2) {
    state_ = token_state::propagating;
    return doubled(slow_, options_.first_propagation_backoff, options_.max_propagation_backoff);
  }
  state_ = token_state::failing;
  return doubled(quick_, options_.first_backoff, options_.max_backoff);
}

void retry_pace::succeeded() {
  forgive();
  known_ = true;
  failures_ = 0;
  state_ = token_state::good;
}

void retry_pace::forgive() {
  refusals_ = 0;
  quick_ = {};
  slow_ = {};
}

}  // namespace epicenter::smart
