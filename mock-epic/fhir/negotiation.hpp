// Which representation a client gets.
#pragma once

#include <epicenter/http/message.hpp>

namespace epicenter::mock::fhir {

/// Gives a response with a FHIR body in JSON its content type, as XML where the request did not name a JSON
/// type: without Accept, with */* and with an unknown type Epic answers in XML (captured).
void negotiate(const http::request&, http::response&);

}  // namespace epicenter::mock::fhir
