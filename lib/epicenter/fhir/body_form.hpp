// What a body is, whatever Content-Type says of it: gateways send pages under any type.
#pragma once

#include <epicenter/base/result.hpp>
#include <string_view>

namespace epicenter::fhir {

enum class body_form {
  empty,  ///< nothing but blanks, or Epic's two quotes under a 401
  json,
  truncated_json,  ///< JSON as far as it goes
  invalid_utf8,
  oversized_json,  ///< longer or deeper than is read
  malformed_json,  ///< broken in another way; two documents in a row are one
  html,
  xml,
  text,  ///< something else that was not said to be JSON
};
std::string_view to_string(body_form);

/// By the first bytes alone: empty, html, xml, or json for «not known yet». `start`: the whole of a short
/// body, at least 256 bytes of a longer one.
body_form form_of_start(std::string_view start, std::string_view content_type);
/// Of a body that the parser refused, with the parser's error.
body_form form_of_unparsed(std::string_view start, std::string_view content_type, const error& why);

}  // namespace epicenter::fhir
