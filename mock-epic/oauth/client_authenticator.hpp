// Who a request to the token, introspection or revocation endpoint comes from.
#pragma once

#include <epicenter/http/message.hpp>

#include "mock-epic/oauth/client_registry.hpp"
#include "mock-epic/oauth/counts.hpp"
#include "mock-epic/oauth/form.hpp"
#include "mock-epic/oauth/jwks_cache.hpp"
#include "mock-epic/oauth/key_fetch.hpp"
#include "mock-epic/oauth/moment.hpp"

namespace epicenter::mock::oauth {

/// Keys that were fetched for the request at hand.
struct keys_at_hand {
  std::string url;
  fetched_keys fetched;
};

struct authentication {
  const client* who = nullptr;  ///< set where the client is who it says; valid until the registry changes
  std::string_view error;       ///< else: invalid_client or invalid_request
  std::string_view rule;
  unsigned status = 400;
  std::string keys_url;  ///< the question is open until the keys of this URL were fetched

  bool open() const { return !keys_url.empty(); }
};

/// private_key_jwt, client_secret_basic (id and secret as they are: Epic wants them not URL-encoded),
/// client_secret_post, or the bare client_id of a public client.
class client_authenticator {
 public:
  client_authenticator(assertion_rules rules, client_registry& clients, counts& c)
      : rules_(std::move(rules)), clients_(clients), counts_(c) {}

  /// At most one fetch for an assertion: where `at_hand` has its keys, they decide.
  authentication authenticate(const http::request&, const http::parameters& form, const moment&,
                              const keys_at_hand* at_hand);

  /// Added to the calendar time by which assertions are judged.
  void set_clock_skew(duration skew) { skew_ = skew; }
  jwks_cache& keys() { return keys_; }
  /// The keys known of a client, static or fetched and kept; nullptr: none.
  const json::value* known_keys(const client&, instant now) const;

 private:
  authentication by_assertion(const http::parameters& form, const moment&, const keys_at_hand*);
  authentication by_basic(std::string_view credentials, const http::parameters& form) const;
  authentication by_secret(std::string_view id, std::string_view secret, unsigned status_of_refusal) const;
  authentication by_id(const http::parameters& form) const;
  authentication verify(const assertion&, const client&, const moment&, const keys_at_hand*);
  std::string_view check_claims(const assertion&, wall_time now);

  assertion_rules rules_;
  client_registry& clients_;
  counts& counts_;
  jwks_cache keys_;
  replay_store seen_;
  duration skew_{};
};

}  // namespace epicenter::mock::oauth
