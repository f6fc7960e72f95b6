#include <epicenter/operations/upkeep_metrics.hpp>

namespace epicenter::operations {
namespace {

metric_labels labels_of(const upkeep_status& job) {
  return {{"job", std::string(name_of(job.job))}};
}

void write_runs(metric_text& to, const upkeep_report& report) {
  to.family("epicenter_upkeep_runs_total", metric_type::counter,
            "Runs of the upkeep of the stores, by how they ended");
  for (const auto& job : report.jobs) {
    const auto one = [&to, &job](upkeep_end end, std::uint64_t count) {
      auto labels = labels_of(job);
      labels.emplace_back("result", name_of(end));
      to.sample(labels, count);
    };
    one(upkeep_end::ok, job.succeeded);
    one(upkeep_end::failed, job.failed);
    if (job.job == upkeep_job::audit_verify) one(upkeep_end::alarm, job.alarms);
  }
}

}  // namespace

void write_upkeep(metric_text& to, const upkeep_report& report) {
  to.family("epicenter_upkeep_last_success_timestamp_seconds", metric_type::gauge,
            "When a job of the upkeep last succeeded, in seconds since 1970");
  for (const auto& job : report.jobs) {
    if (!job.last_success) continue;
    const auto since = job.last_success->time_since_epoch();
    to.sample(labels_of(job), std::chrono::duration<double>(since).count());
  }
  write_runs(to, report);
  to.family("epicenter_upkeep_failures_in_a_row", metric_type::gauge,
            "Runs of a job that failed since one did not");
  for (const auto& job : report.jobs) to.sample(labels_of(job), std::uint64_t{job.failures_in_a_row});
  to.family("epicenter_upkeep_overdue", metric_type::gauge,
            "1 where a job has not succeeded for two of its periods");
  for (const auto& job : report.jobs) to.sample(labels_of(job), std::uint64_t{job.overdue ? 1U : 0U});
  if (!report.chain_intact) return;
  to.family("epicenter_audit_chain_intact", metric_type::gauge,
            "0 where the chain of the audit log did not verify");
  to.sample({}, std::uint64_t{*report.chain_intact ? 1U : 0U});
}

}  // namespace epicenter::operations
