// POST …/oauth2/token.
#pragma once

#include <epicenter/http/message.hpp>

#include "mock-epic/oauth/assertion.hpp"
#include "mock-epic/oauth/token_store.hpp"

namespace epicenter::mock::oauth {

struct token_answer {
  http::response response;
  std::string rule;         ///< the true reason of a refusal, which the client is never told
  std::uint64_t token = 0;  ///< number of the token issued
};

/// Epic's token endpoint for SMART Backend Services. Every refusal is 400 with an error code and a null
/// description.
class token_endpoint {
 public:
  token_endpoint(assertion_rules rules, std::string scope, token_store& tokens);

  token_answer handle(const http::request&, const client_keys&, instant now, wall_time wall);

 private:
  assertion_rules rules_;
  std::string scope_;
  token_store& tokens_;
  replay_store seen_;
};

}  // namespace epicenter::mock::oauth
