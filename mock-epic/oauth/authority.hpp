// The authorization server of one site: clients, tokens, endpoints, and what levers may do to them. Plain
// single-threaded code: whoever shares it among threads guards each call.
#pragma once

#include <epicenter/runtime/task.hpp>
#include <functional>
#include <memory>
#include <variant>

#include "mock-epic/oauth/token_services.hpp"

namespace epicenter::mock::oauth {

struct authority_options {
  bool orders = false;
  std::string oauth_path;  ///< "/interconnect-fhir-oauth/oauth2"
  std::string fhir_path;   ///< "/interconnect-fhir-oauth/api/FHIR/R4"
  duration token_lifetime = 1h;
  std::uint64_t seed = 1;
  std::vector<std::string> audiences;  ///< see assertion_rules
  patient_directory patients;
};

/// A request whose client's keys must be fetched before it can be answered.
struct need_keys {
  http::request request;
  std::string origin;
  std::string url;
};
using step = std::variant<token_answer, need_keys>;

/// How the token endpoint fails in an outage: a page in HTML, as of the server in front of Epic's.
struct token_outage {
  unsigned status = 503;
  std::optional<std::chrono::seconds> retry_after;
};

class authority {
 public:
  explicit authority(authority_options);
  authority(const authority&) = delete;
  authority& operator=(const authority&) = delete;

  /// Whether `begin` answers for the path: the endpoints below oauth_path and smart-configuration.
  bool serves(std::string_view path) const;
  /// `origin`: "http://host:port" as the client sees this server.
  step begin(const http::request&, const std::string& origin, const moment&);
  token_answer resume(need_keys, fetched_keys, const moment&);

  /// False where there are too many clients already.
  bool register_client(client_registration c) { return clients_.put(std::move(c)); }
  const client_registry& clients() const { return clients_; }

  token_store& tokens() { return tokens_; }
  const token_store& tokens() const { return tokens_; }
  const oauth::counts& counts() const { return counts_; }
  void count_scope_refusal() { ++counts_.scope_refusals; }

  // What levers do. Each holds until it is taken back.

  /// Tokens issued so far, refresh tokens included, end now. Returns how many access tokens were valid.
  std::uint64_t revoke_all(instant now, std::string why);
  void set_token_outage(std::optional<token_outage> outage) { outage_ = outage; }
  /// jwks_stale: key sets are used as they are known, however old, and not fetched again; nor is a new static
  /// set of a known client seen. What was never fetched is fetched once.
  void freeze_keys(bool frozen);
  /// key_rotation: the keys known now, of one client or of all (empty id), no longer verify: refused until
  /// the client signs with another key of its set. Returns how many keys; 0 where none was known yet.
  std::uint64_t retire_keys(std::string_view client_id, instant now);
  /// The keys known now, of one client or of all (empty id), by what they are made of.
  std::set<std::string> identities_of(std::string_view client_id, instant now) const;
  void restore_keys() { clients_.restore_retired(); }
  /// clock_skew: the clock that judges assertions is off by this much.
  void set_clock_skew(duration skew) { authenticator_.set_clock_skew(skew); }
  /// scope_loss: not in force any more, for tokens issued and for later ones. False where it is no scope on
  /// resources. Returned by restore_scopes, to tokens issued before the loss.
  bool drop_scope(std::string_view scope);
  void restore_scopes() { issuer_.scopes().lose({}); }

 private:
  outcome route(const http::request&, const std::string& origin, const moment&, const keys_at_hand*);
  std::string_view endpoint_of(std::string_view path) const;
  token_answer counted(token_answer);

  authority_options options_;
  oauth::counts counts_;
  client_registry clients_;
  token_store tokens_;
  client_authenticator authenticator_;
  token_issuer issuer_;
  authorize_endpoint authorize_;
  token_endpoint token_;
  token_services services_;
  std::optional<token_outage> outage_;
};

/// "http://host:port" after the Host header; nothing where it holds what no host name does.
std::optional<std::string> origin_of(const http::request&, bool tls);

/// Calls back with the authority, under whatever guards it. The authority may be another one each time (a
/// reset came in between).
using with_authority = std::function<void(const std::function<void(authority&)>&)>;
/// begin, the fetch of keys where they are needed, resume: nothing is held over the fetch.
runtime::task<token_answer> handle(runtime::runtime&, key_fetcher&, with_authority, http::request,
                                   std::string origin);

}  // namespace epicenter::mock::oauth
