// What a failed call means to whoever asked the adapter for something.
#pragma once

#include <epicenter/epic/call.hpp>

namespace epicenter::epic {

/// As call_failure::to_error, with the codes of Epic that mean something to people: a restricted chart, a
/// merged patient, a used-up limit, a site that lacks a configuration, a route the site does not have.
error error_of(const call_failure&);

/// True where Epic itself said it, in a response.
bool epic_says(const call_failure&, fhir::errc);

/// The patient that a redirect for a merged one leads to: "…/Patient/<id>" or "…?patient=<id>", relative or
/// on the given origin. Nothing for another origin and for what names no patient: the link itself is never
/// followed.
std::optional<std::string> survivor_in(std::string_view location, const http::origin& expected);

}  // namespace epicenter::epic
