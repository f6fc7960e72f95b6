// FHIR requests as HTTP messages. Authorization is added by who sends them.
#pragma once

#include <epicenter/fhir/reference.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/http/url.hpp>

namespace epicenter::fhir {

/// Whether searches, their pages and exports allow gzip. A single resource is too small to pay for it.
enum class compression { none, large_answers };

/// Builds requests below one base path, e.g. "/interconnect-fhir-oauth/api/FHIR/R4". Each asks for FHIR JSON:
/// without an Accept header Epic answers in XML. All fail with errc::invalid_input, which never quotes an id.
class request_builder {
 public:
  explicit request_builder(std::string base_path, compression = compression::none);

  result<http::request> read(std::string_view type, std::string_view id) const;
  /// Names may carry modifiers ("code:in"); names and values are percent-encoded; order and repeats are kept.
  result<http::request> search(std::string_view type, const http::parameters& parameters) const;
  /// The same by POST [type]/_search: for long lists, and where URLs are logged on the way.
  result<http::request> search_by_post(std::string_view type, const http::parameters& parameters) const;
  /// The resource names its own type. Epic returns an empty 201 unless the representation is asked for.
  result<http::request> create(const json::value& resource, bool return_representation = false) const;
  /// Creates unless something matches the query ("identifier=system|value", encoded; without '?'). Only for
  /// servers that say conditionalCreate: others ignore the field and file a duplicate.
  result<http::request> conditional_create(const json::value& resource, std::string_view if_none_exist) const;
  /// PUT of the resource under its own id. With a version (as versionId writes it) only over that version.
  result<http::request> update(const json::value& resource, std::string_view version) const;
  /// GET [base]/metadata.
  http::request metadata() const;
  /// Follows a bundle's next link as it came: absolute, from the root («/…»), or below the base («Type?…»). A
  /// link to another origin is refused: the token would go there.
  result<http::request> next_page(std::string_view link, const http::origin& expected) const;
  /// GET [base]/[level]/$export, to be done asynchronously. Level: "Group/<id>", "Patient" or "".
  result<http::request> start_export(std::string_view level, const http::parameters& parameters) const;

 private:
  http::request get(std::string target) const;
  http::request get_large(std::string target) const;
  std::string base_path_;
  compression compression_;
};

}  // namespace epicenter::fhir
