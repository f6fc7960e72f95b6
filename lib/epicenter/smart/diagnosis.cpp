#include <epicenter/smart/diagnosis.hpp>

namespace epicenter::smart {
namespace {

std::string clock_advice(const refusal_facts& facts) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(facts.status.clock_offset).count();
  return "The server's clock is " + std::to_string(seconds) +
         " s ahead of this host's (negative: behind), more than an assertion bears. Set this host's clock by "
         "NTP; "
         "assertions follow the server's meanwhile.";
}

std::string key_set_advice(const jwks_report& found) {
  std::string text = "The client's own key set URL ";
  text += found.finding == jwks_finding::redirected
              ? "redirects, which Epic does not follow"
              : (found.finding == jwks_finding::malformed ? "serves no key set" : "does not answer");
  if (!found.detail.empty()) text += " (" + found.detail + ")";
  return text + ". Serve it publicly over TLS, without redirects.";
}

std::string key_advice(const refusal_facts& facts) {
  const std::string kid = facts.status.kid;
  if (facts.own_key_set.finding == jwks_finding::ambiguous)
    return "Two published keys have the kid " + kid + " and one type. Servers refuse both: publish one.";
  if (facts.own_key_set.finding == jwks_finding::other_key)
    return "Another key is published under the kid " + kid + ". Publish the one that signs.";
  return "The key " + kid + " signs but is not published. Publish it, or roll back to the last good one.";
}

std::optional<refusal_cause> told(oauth_error said) {
  switch (said) {
    case oauth_error::none:
      return refusal_cause::none;
    case oauth_error::unauthorized_client:
      return refusal_cause::no_background_user;
    case oauth_error::invalid_scope:
      return refusal_cause::scope_refused;
    case oauth_error::invalid_request:
    case oauth_error::invalid_grant:
    case oauth_error::unsupported_grant_type:
      return refusal_cause::bad_request;
    case oauth_error::invalid_client:
      break;
  }
  return std::nullopt;
}

refusal_cause cause_of(const refusal_facts& facts) {
  if (const auto said = told(facts.status.last_refusal)) return *said;
  if (facts.status.clock_differs) return refusal_cause::clock_skew;
  switch (facts.own_key_set.finding) {
    case jwks_finding::unreachable:
    case jwks_finding::redirected:
    case jwks_finding::malformed:
      return refusal_cause::key_set_down;
    case jwks_finding::absent:
    case jwks_finding::ambiguous:
    case jwks_finding::other_key:
      return refusal_cause::key_not_published;
    case jwks_finding::not_probed:
    case jwks_finding::published:
      break;
  }
  if (facts.key_changed_lately) return refusal_cause::key_set_stale;
  return facts.status.state == token_state::propagating ? refusal_cause::propagation : refusal_cause::unknown;
}

std::string advice_for(refusal_cause cause, const refusal_facts& facts) {
  switch (cause) {
    case refusal_cause::none:
      return {};
    case refusal_cause::no_background_user:
      return "The site has mapped no background user to this client. Its Epic team has to; a rotation or a "
             "new "
             "registration does not help.";
    case refusal_cause::bad_request:
      return "Epic does not take the request itself. Check the token URL (no question mark behind it) and "
             "what a "
             "proxy does to the body.";
    case refusal_cause::scope_refused:
      return "A scope that is asked for is not registered. Ask for none: Epic grants what is registered.";
    case refusal_cause::clock_skew:
      return clock_advice(facts);
    case refusal_cause::key_set_down:
      return key_set_advice(facts.own_key_set);
    case refusal_cause::key_not_published:
      return key_advice(facts);
    case refusal_cause::key_set_stale:
      return "The key is published and was changed lately: Epic may use an older copy of the key set for up "
             "to 29 "
             "hours. Sign with the last good key until then.";
    case refusal_cause::propagation:
      return "This client never had a token here. A new client, or a changed list of APIs, takes up to an "
             "hour to "
             "reach Epic's servers, at some sites a day or two. Wait; do not register again.";
    case refusal_cause::unknown:
      return "Epic does not say why. Check the client id against the environment (production and sandbox "
             "differ), "
             "whether the token URL is the one that discovery names, and whether the client is switched on.";
  }
  return {};
}

}  // namespace

std::string_view to_string(refusal_cause cause) {
  constexpr std::string_view names[] = {
      "none",         "no_background_user", "bad_request",   "scope_refused", "clock_skew",
      "key_set_down", "key_not_published",  "key_set_stale", "propagation",   "unknown"};
  return names[static_cast<std::size_t>(cause)];
}

diagnosis diagnose(const refusal_facts& facts) {
  const refusal_cause cause = cause_of(facts);
  return diagnosis{cause, advice_for(cause, facts)};
}

runtime::task<diagnosis> examine_refusal(const token_manager& tokens, bool key_changed_lately,
                                         fetch_function fetch, std::optional<http::url> jwks_url,
                                         instant deadline) {
  refusal_facts facts;
  facts.status = tokens.status();
  facts.key_changed_lately = key_changed_lately;
  if (jwks_url && facts.status.last_refusal == oauth_error::invalid_client) {
    const private_key key = tokens.key();
    facts.own_key_set = co_await probe_jwks(std::move(fetch), std::move(*jwks_url), key, deadline);
  }
  co_return diagnose(facts);
}

}  // namespace epicenter::smart
