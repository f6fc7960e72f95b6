// How long the token endpoint is left alone after a failure, by what the failure says of the client.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/smart/token_exchange.hpp>
#include <string_view>

namespace epicenter::smart {

enum class token_state {
  idle,           ///< nothing was asked yet
  good,           ///< the last refresh brought a token
  failing,        ///< it failed, and is repeated within seconds
  propagating,    ///< a new client that Epic's servers do not know yet: up to an hour, a day at some sites
  misconfigured,  ///< unauthorized_client: no background user is mapped to the client. Somebody has to
};
/// "propagating", …
std::string_view to_string(token_state);

struct pace_options {
  duration first_backoff = 1s;  ///< doubled by each further failure
  duration max_backoff = 30s;
  duration first_propagation_backoff = 1min;
  duration max_propagation_backoff = 5min;
  duration misconfigured_backoff = 5min;  ///< then looked at again, so that the cure needs no restart
  bool known_client = false;              ///< this client had tokens before: invalid_client is no propagation
};

/// I/O free.
class retry_pace {
 public:
  explicit retry_pace(const pace_options& options) : options_(options), known_(options.known_client) {}

  /// How long to wait now. The first two invalid_client of a new client are taken for passing ones: the wrong
  /// clock and an unlucky key fetch mend themselves.
  duration failed(oauth_error);
  void succeeded();
  /// Another key or a person's word: the next try may come at once.
  void forgive();
  /// This client had tokens before, as is found out later than the options were made.
  void known_client() { known_ = true; }
  token_state state() const { return state_; }
  int failures_in_a_row() const { return failures_; }

 private:
  duration doubled(duration& last, duration first, duration most) const;

  pace_options options_;
  bool known_;
  token_state state_ = token_state::idle;
  int failures_ = 0;
  int refusals_ = 0;
  duration quick_{};
  duration slow_{};
};

}  // namespace epicenter::smart
