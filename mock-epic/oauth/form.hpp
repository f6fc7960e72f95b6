// The parameters of a request to one of the OAuth endpoints.
#pragma once

#include <epicenter/http/message.hpp>
#include <epicenter/http/url.hpp>
#include <string>
#include <string_view>

#include "mock-epic/oauth/assertion.hpp"

namespace epicenter::mock::oauth {

inline constexpr std::size_t max_form_bytes = 2 * max_assertion_bytes;

/// What was posted, or why it was not taken.
struct posted_form {
  http::parameters parameters;
  std::string_view refused;  ///< method, query_parameters, content_type, body_too_large, form_malformed
};
/// A form in the body of a POST, and nothing in the query: Epic refuses even a lone '?'.
posted_form read_posted_form(const http::request&);

/// The one value of a parameter; nullptr where it is absent or given twice.
const std::string* single(const http::parameters&, std::string_view name);
bool is_given(const http::parameters&, std::string_view name);

}  // namespace epicenter::mock::oauth
