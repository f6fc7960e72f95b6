// The answer to «how is Epic?», as the runbook asks it (sections 2 and 8).
#pragma once

#include <epicenter/epic/provider_status.hpp>
#include <epicenter/json/value.hpp>

namespace epicenter::operations {

struct health_answer {
  unsigned http_status = 200;  ///< 503 where UNHEALTHY: what balancers and monitors go by
  json::value body;
};

/// Short: status, circuit, fallback_active, the message for users and the reasons. The whole is
/// epic::to_json.
health_answer health_of(const epic::provider_snapshot&);

}  // namespace epicenter::operations
