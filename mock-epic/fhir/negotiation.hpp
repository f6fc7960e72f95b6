// Which representation a client gets (hl7.org/fhir/R4/http.html#mime-type).
#pragma once

#include <epicenter/http/message.hpp>

namespace epicenter::mock::fhir {

/// Gives a response with a FHIR body in JSON its content type, as XML where the request prefers that. _format
/// counts more than Accept, and a higher q more than a lower one. Where neither names a type that the server
/// has, Epic answers in XML (captured: without Accept, with */* and with an unknown type), profile orders in
/// JSON.
void negotiate(const http::request&, http::response&, bool orders);

}  // namespace epicenter::mock::fhir
