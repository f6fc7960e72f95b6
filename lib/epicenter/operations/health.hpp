// The answer to «how is Epic?», as the runbook asks it (sections 2 and 8).
#pragma once

#include <epicenter/epic/provider_status.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/operations/upkeep_report.hpp>

namespace epicenter::operations {

struct health_answer {
  unsigned http_status = 200;  ///< 503 where UNHEALTHY: what balancers and monitors go by
  json::value body;
};

/// Short: status, circuit, fallback_active, the message for users and the reasons. The whole is
/// epic::to_json.
health_answer health_of(const epic::provider_snapshot&);
/// The same with how the stores are kept: an audit chain that does not verify, and a job that is overdue, are
/// among the reasons, and make of HEALTHY a DEGRADED. The HTTP status stays: to send users elsewhere mends no
/// store.
health_answer health_of(const epic::provider_snapshot&, const upkeep_report&);

}  // namespace epicenter::operations
