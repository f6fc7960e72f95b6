// What the OAuth endpoints answer, and what the journal is told about it.
#pragma once

#include <epicenter/http/message.hpp>
#include <epicenter/json/value.hpp>
#include <string>
#include <string_view>

namespace epicenter::mock::oauth {

struct token_answer {
  http::response response;
  std::string rule;         ///< the true reason of a refusal, which the client is never told
  std::uint64_t token = 0;  ///< number of the token issued or presented
};

/// JSON that no cache may keep.
token_answer answer_json(unsigned status, std::string body, std::string rule);
/// {"error":"…","error_description":null}: all that Epic ever tells.
token_answer refuse(std::string_view code, std::string_view rule, unsigned status = 400);
/// A page for people, where no client may be told.
token_answer answer_page(unsigned status, std::string_view title, std::string rule);

}  // namespace epicenter::mock::oauth
