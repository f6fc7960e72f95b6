// Pages of what stands before Epic's servers.
#pragma once

#include <string>
#include <string_view>

#include "mock-epic/fhir/answer.hpp"

namespace epicenter::mock {

/// http.sys's 503, as IIS answers while its application pool is down.
fhir::answer answer_unavailable(std::string rule);
/// A proxy's 408 before the token endpoint (seen before Epic's sandbox).
fhir::answer answer_request_timeout(std::string rule);

}  // namespace epicenter::mock
