// Introspection (RFC 7662), revocation (RFC 7009) and userinfo (OpenID Connect Core, section 5.3).
#pragma once

#include "mock-epic/oauth/token_endpoint.hpp"

namespace epicenter::mock::oauth {

class token_services {
 public:
  token_services(client_authenticator& clients, token_store& tokens, token_issuer& issuer)
      : clients_(clients), tokens_(tokens), issuer_(issuer) {}

  /// For confidential clients, about any token of this server. SMART: with the launch context.
  outcome introspect(const http::request&, const std::string& origin, const moment&, const keys_at_hand*);
  /// An access token alone; a refresh token with all that goes back to the same authorization. What is
  /// unknown is revoked already.
  outcome revoke(const http::request&, const moment&, const keys_at_hand*);
  token_answer userinfo(const http::request&, const std::string& origin, const moment&);

 private:
  client_authenticator& clients_;
  token_store& tokens_;
  token_issuer& issuer_;
};

}  // namespace epicenter::mock::oauth
