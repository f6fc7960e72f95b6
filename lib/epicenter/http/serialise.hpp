// Writes the heads of messages as bytes. Bodies are sent as they are, beside the head.
#pragma once

#include <epicenter/http/error.hpp>
#include <string>
#include <string_view>

namespace epicenter::http {

/// Appends the request's head. Host, Content-Length and User-Agent are added where absent; a Content-Length
/// given is replaced by that of the body. errc::malformed where the message would not be read back as it is
/// (line breaks in a value, a Transfer-Encoding, …); out is in an unspecified state then.
result<> append_head(std::string& out, const request&, std::string_view authority);

/// How the end of a response's body is told (RFC 9112, section 6.3).
enum class body_framing { length, chunked, until_close };

struct response_context {
  bool to_head = false;   ///< Content-Length may then be given without a body
  bool closes = false;    ///< adds Connection: close
  std::string_view date;  ///< for the Date field
  body_framing framing = body_framing::length;
};
result<> append_head(std::string& out, const response&, const response_context&);

/// True for statuses whose responses never have a body.
bool has_no_body(unsigned status);

/// What names of fields and methods are made of (RFC 9110, section 5.6.2).
bool is_token(std::string_view);
/// True for a value without control characters: anything else would let it begin a field or a message of its
/// own.
bool is_field_value(std::string_view);

}  // namespace epicenter::http
