#include <epicenter/operations/upkeep_report.hpp>

namespace epicenter::operations {

std::string_view name_of(upkeep_job job) {
  switch (job) {
    case upkeep_job::ledger_back_up:
      return "ledger_back_up";
    case upkeep_job::audit_back_up:
      return "audit_back_up";
    case upkeep_job::audit_verify:
      return "audit_verify";
    case upkeep_job::audit_purge:
      return "audit_purge";
    case upkeep_job::ledger_purge:
      break;
  }
  return "ledger_purge";
}

std::string_view name_of(upkeep_end end) {
  switch (end) {
    case upkeep_end::ok:
      return "ok";
    case upkeep_end::failed:
      return "failed";
    case upkeep_end::alarm:
      break;
  }
  return "alarm";
}

std::vector<std::string> reasons_of(const upkeep_report& report) {
  std::vector<std::string> reasons;
  if (report.chain_intact && !*report.chain_intact) {
    reasons.push_back("audit log: the chain does not verify: " + report.chain_flaw);
  }
  for (const auto& one : report.jobs) {
    if (!one.overdue) continue;
    std::string reason = "upkeep: " + std::string(name_of(one.job)) + " is overdue";
    if (!one.last_failure.empty()) reason += ": " + one.last_failure;
    reasons.push_back(std::move(reason));
  }
  return reasons;
}

}  // namespace epicenter::operations
