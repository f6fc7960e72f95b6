// What of a request or response may be kept: secrets are replaced by one fixed mark.
#pragma once

#include <epicenter/http/message.hpp>
#include <string>
#include <string_view>

namespace epicenter::mock {

inline constexpr std::string_view redacted = "[redacted]";

/// Header fields as lines "Name: value\n". Values of Authorization, Proxy-Authorization, Cookie, Set-Cookie,
/// X-Api-Key and Epic-Client-Secret are replaced, the scheme of an Authorization kept ("Bearer [redacted]");
/// in a Location, the secret parameters of its query are.
std::string redacted_fields(const http::headers&);
/// A target, or a form body: the values of secret parameters (token, access_token, refresh_token, id_token,
/// client_secret, client_assertion, assertion, code, code_verifier, password, subject_token) are replaced.
std::string redacted_target(std::string_view target);
std::string redacted_form(std::string_view form);
/// A JSON body: the string values of members with these names are replaced, wherever they stand.
std::string redacted_json(std::string_view body);

/// The body as it may be kept, by its media type, at most `most` bytes of it. A FHIR body is kept as it is.
std::string kept_body(std::string_view body, std::string_view media_type, std::size_t most);

}  // namespace epicenter::mock
