// POST …/oauth2/token.
#pragma once

#include "mock-epic/oauth/authorize_endpoint.hpp"
#include "mock-epic/oauth/client_authenticator.hpp"

namespace epicenter::mock::oauth {

/// An answer, or the wish for a client's keys before there can be one.
struct outcome {
  token_answer answer;
  std::string keys_url;  ///< empty: answered
};

/// Epic's token endpoint: client_credentials, authorization_code, refresh_token. Every refusal is an error
/// code with a null description; 400, or 401 where a client came with Basic.
class token_endpoint {
 public:
  struct settings {
    bool orders = false;  ///< honours the scopes that a backend client asks for, and takes its secret
  };
  token_endpoint(settings s, client_authenticator& clients, code_box& codes, token_issuer& issuer)
      : settings_(s), clients_(clients), codes_(codes), issuer_(issuer) {}

  outcome handle(const http::request&, const std::string& origin, const moment&, const keys_at_hand*);

 private:
  struct call;
  outcome by_credentials(const call&);
  outcome by_code(const call&);
  outcome by_refresh_token(const call&);

  settings settings_;
  client_authenticator& clients_;
  code_box& codes_;
  token_issuer& issuer_;
};

/// The refusal of a client that is not who it says, or the wish for its keys.
outcome outcome_of(const authentication&);

}  // namespace epicenter::mock::oauth
