// The authorization server is down, the FHIR server is not.
#pragma once

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Requests for a token fail with an HTML page; tokens issued before stay valid.
extern const lever_type token_outage_lever;

}  // namespace epicenter::mock
