// What HTTP says of versions: ETag, Last-Modified, Location, preconditions
// (hl7.org/fhir/R4/http.html#concurrency).
#pragma once

#include <optional>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/resource.hpp"

namespace epicenter::mock::fhir {

/// W/"3"
std::string etag_of(std::uint32_t version);
/// "Type/id"
std::string name_of(const resource&);
/// "Type/id/_history/3"
std::string versioned_name_of(const resource&);
/// Sets ETag and Last-Modified.
void set_version(http::response&, const resource&);

/// A header of entity tags (If-Match, If-None-Match) names the version, or any ("*").
bool names_version(std::string_view header, std::uint32_t version);
/// The client has that version already: 304 (RFC 9110, section 13.1; If-None-Match goes before
/// If-Modified-Since).
bool is_unmodified(const http::request&, const resource&);

/// What the client wants to see of what it wrote (hl7.org/fhir/R4/http.html#return).
enum class wanted { nothing_said, minimal, representation, outcome };
wanted wanted_of(const http::request&);

/// 412 where If-Match names another version than the current one, or there is none (null, deleted), or where
/// "If-None-Match: *" finds one.
std::optional<answer> refuse_precondition(const http::request&, const resource* current);

/// 403 where the token does not permit the interaction, as Epic says it: an empty body. `content` is null
/// where the resource is not known yet.
std::optional<answer> refuse_unpermitted(const call&, type_id, interaction, const json::value* content);

}  // namespace epicenter::mock::fhir
