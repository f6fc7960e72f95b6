// Why the token endpoint refuses this client, as far as the wire allows to tell: Epic never says. Catalogue
// rows 5 to 10.
#pragma once

#include <epicenter/smart/jwks_probe.hpp>
#include <epicenter/smart/token_manager.hpp>

namespace epicenter::smart {

enum class refusal_cause {
  none,                ///< nothing is refused
  no_background_user,  ///< row 10: unauthorized_client
  bad_request,         ///< the URL or the form: invalid_request, invalid_grant, unsupported_grant_type
  scope_refused,       ///< invalid_scope
  clock_skew,          ///< row 8: the clocks differ by more than an assertion bears
  key_set_down,        ///< row 6: the own JWKS URL does not answer, or redirects
  key_not_published,   ///< the own JWKS URL answers without this key
  key_set_stale,       ///< row 5: the key is published, and was not refused before it was changed
  propagation,         ///< row 7: a new client
  unknown,             ///< row 9 (a jti seen before), a wrong aud or client id, a client switched off
};
/// "clock_skew", …
std::string_view to_string(refusal_cause);

struct refusal_facts {
  token_status status;
  jwks_report own_key_set;
  bool key_changed_lately = false;  ///< within the 29 hours for which Epic may keep a key set
};

struct diagnosis {
  refusal_cause cause = refusal_cause::none;
  std::string advice;  ///< cause and cure in a sentence or two, for the operator
};

/// The first that fits, in the order above: what is seen here comes before what is only likely.
diagnosis diagnose(const refusal_facts&);

/// Looks at the own key set, where its URL is known and the refusal may come of it, and then diagnoses. To be
/// called on a token_event with a refusal; once a minute is enough.
runtime::task<diagnosis> examine_refusal(const token_manager&, bool key_changed_lately, fetch_function,
                                         std::optional<http::url> jwks_url, instant deadline);

}  // namespace epicenter::smart
