// FHIR requests as HTTP messages. Authorization is added by who sends them.
#pragma once

#include <epicenter/fhir/reference.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/http/url.hpp>

namespace epicenter::fhir {

/// Builds requests below one base path, e.g. "/interconnect-fhir-oauth/api/FHIR/R4". Each asks for FHIR JSON:
/// without an Accept header Epic answers in XML. All fail with errc::invalid_input, which never quotes an id.
class request_builder {
 public:
  explicit request_builder(std::string base_path);

  result<http::request> read(std::string_view type, std::string_view id) const;
  /// Names may carry modifiers ("code:in"); names and values are percent-encoded; order and repeats are kept.
  result<http::request> search(std::string_view type, const http::parameters& parameters) const;
  /// The resource names its own type. Epic returns an empty 201 unless the representation is asked for.
  result<http::request> create(const json::value& resource, bool return_representation = false) const;
  /// GET [base]/metadata.
  http::request metadata() const;
  /// Follows a bundle's next link as it came. A link to another origin is refused: the token would go there.
  result<http::request> next_page(std::string_view link, const http::origin& expected) const;

 private:
  http::request get(std::string target) const;
  std::string base_path_;
};

}  // namespace epicenter::fhir
