// Access tokens at the resource server, and how Epic refuses what they do not allow.
#pragma once

#include <epicenter/http/message.hpp>
#include <optional>
#include <string_view>

#include "mock-epic/oauth/oauth_answer.hpp"
#include "mock-epic/oauth/token_store.hpp"

namespace epicenter::mock::oauth {

/// The token of "Authorization: Bearer …"; nothing where the header is absent or of another scheme.
std::optional<std::string_view> bearer_of(const http::request&);

/// 401 with a bare challenge and no body.
token_answer refuse_without_token();
/// 401 with Epic's challenge and a body of two quotation marks (captured). The rule says whether the token is
/// unknown, expired, or what ended it.
token_answer refuse_token(const token_store::standing&);
/// 403 with Epic's challenge and no body: the token does not reach this far.
token_answer refuse_scope(std::uint64_t token_number);

}  // namespace epicenter::mock::oauth
