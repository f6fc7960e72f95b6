// Access, refresh and identity tokens, as the client is told of them.
#pragma once

#include <epicenter/json/value.hpp>

#include "mock-epic/oauth/client_registry.hpp"
#include "mock-epic/oauth/counts.hpp"
#include "mock-epic/oauth/moment.hpp"
#include "mock-epic/oauth/oauth_answer.hpp"
#include "mock-epic/oauth/own_key.hpp"
#include "mock-epic/oauth/ticket_box.hpp"
#include "mock-epic/oauth/token_store.hpp"

namespace epicenter::mock::oauth {

/// What a client was allowed, by whom and about whom.
struct grant {
  std::string client;
  scope_list scopes;
  std::string patient;
  std::string fhir_user;
  std::string subject;
  std::uint64_t family = 0;
  std::string nonce;  ///< of the authorization request, for the id_token
};

inline constexpr duration refresh_lifetime = 90 * 24h;
inline constexpr duration id_token_lifetime = 5min;
/// Epic's tokens for 151 scopes measure 1,052 characters, so that they cannot name them all.
inline constexpr std::size_t max_scope_claim_bytes = 1024;

class token_issuer {
 public:
  struct places {
    std::string issuer_path;  ///< "/interconnect-fhir-oauth/oauth2"
    std::string fhir_path;
  };
  token_issuer(places where, std::uint64_t seed, token_store& tokens, counts& c);

  /// The reply for a backend service.
  token_answer answer_backend(const client&, const grant&, const std::string& origin, const moment&);
  /// The reply after a user's authorization: patient in context, id_token where openid is granted, and a
  /// refresh token where offline_access or online_access is.
  token_answer answer_user(const client&, const grant&, const std::string& origin, const moment&);
  /// The reply to a refresh: `narrowed` scopes for the access token, the grant's own for the next refresh.
  token_answer answer_refresh(const client&, const grant&, const scope_list& narrowed,
                              const std::string& origin, const moment&);

  using refresh_box = ticket_box<grant>;
  refresh_box& refresh_tokens() { return refresh_; }
  /// All that goes back to one authorization, refresh tokens included.
  void revoke_family(std::uint64_t family, const moment&, const std::string& why);

  scope_book& scopes() { return scopes_; }
  const own_key& key() const { return key_; }
  std::string issuer(const std::string& origin) const { return origin + where_.issuer_path; }
  std::string fhir_base(const std::string& origin) const { return origin + where_.fhir_path; }

 private:
  json::object issue(const client&, const grant&, const scope_list&, std::string text, std::string_view type,
                     const std::string& origin, const moment&, std::uint64_t& number);
  std::string write_jwt(const access&, const std::string& origin, const moment&);
  std::string write_id_token(const grant&, const std::string& origin, const moment&) const;
  void add_refresh_token(json::object& body, const grant&, const moment&);

  places where_;
  token_store& tokens_;
  counts& counts_;
  runtime::random_stream ids_;
  refresh_box refresh_;
  scope_book scopes_;
  own_key key_;
};

}  // namespace epicenter::mock::oauth
