// Types, ids and references, as text and as found in resources.
#pragma once

#include <epicenter/fhir/error.hpp>
#include <epicenter/json/value.hpp>
#include <optional>

namespace epicenter::fhir {

/// Letters only, the first a capital, at most 64: "MedicationRequest".
bool is_resource_type(std::string_view);
/// A-Z a-z 0-9 - and '.', 1 to 256 of them: Epic's ids may exceed FHIR's 64 (reference: epic, section 2.6).
bool is_id(std::string_view);

/// One resource on the server the reference came from.
struct reference {
  std::string type;
  std::string id;
  std::string version;  ///< empty where none was named
  /// "Patient/abc": what FHIR puts into a Reference.
  std::string to_string() const { return type + '/' + id; }
  friend bool operator==(const reference&, const reference&) = default;
};

/// Reads "Type/id", relative or absolute, with or without "/_history/version", a query or a fragment:
/// references, full URLs and Location headers. Nothing for urn:uuid:… and other forms.
std::optional<reference> parse_reference(std::string_view text);

/// resourceType and id of a resource; empty where absent.
std::string_view type_of(const json::value& resource);
std::string_view id_of(const json::value& resource);
/// What the Reference at the path ("subject", "context.encounter.0") names, if it is a resource on a server.
std::optional<reference> reference_at(const json::value& resource, std::string_view path);
/// {"reference": "Type/id"}
json::value make_reference(const reference&);

/// True if a coding of the CodeableConcept at the path has that system and code.
bool has_coding(const json::value& resource, std::string_view path, std::string_view system,
                std::string_view code);
/// The value of the identifier with that system; empty where there is none.
std::string_view identifier_of(const json::value& resource, std::string_view system);

}  // namespace epicenter::fhir
