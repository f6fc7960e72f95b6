// A write from the call to its answer.
#include <epicenter/epic/writes.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t max_under_way = 10'000;

error refusal_of(const error& why) {
  const bool differs = why == make_error_code(store::errc::content_differs);
  return error(make_error_code(differs ? errc::conflict : errc::ledger_unavailable)).caused_by(why);
}

write_outcome standing(const write_job& job, write_state state, const std::string& id,
                       std::optional<error> why) {
  return write_outcome{state, job.operation, resource_name(job.type, id), std::move(why)};
}

write_records::chart_hook tell_reads(runtime::runtime& rt, reads& shown, duration until_visible) {
  return [&rt, &shown, until_visible](const write_job& job, const std::string& id) {
    shown.chart_changed(job.type, job.patient, id, rt.now() + until_visible);
  };
}

}  // namespace

writes::writes(runtime::runtime& rt, pipeline& through, audit_trail& audit, announcer& told, lifecycle& life,
               site_state& site, store::ledger& ledger, reads& shown, write_options options)
    : runtime_(rt),
      pipeline_(through),
      audit_(audit),
      told_(told),
      life_(life),
      site_(site),
      records_(rt, ledger, told, life, tell_reads(rt, shown, options.review_after)),
      options_(std::move(options)),
      under_way_(site.under_way) {}

result<> writes::prepare(operation_kind which, write_request& who) {
  if (life_.stopping()) return fail(errc::stopped);
  const auto& permission = site_.profile.of(which);
  if (!permission.allowed) return fail(errc::not_supported, permission.reason);
  if (!site_.switches.writing(who.user)) return fail(errc::switched_off);
  if (under_way_.size() >= max_under_way) return fail(errc::overloaded, "too many writes are under way");
  if (site_.merges.is_halted(who.patient)) return fail(errc::patient_merged);
  who.patient = site_.merges.chart_of(who.patient);
  if (who.operation.empty()) who.operation = pipeline_.make_operation_id();
  if (!who.deadline) who.deadline = runtime_.now() + pipeline_.profile().deadline;
  return {};
}

template <class Request>
runtime::task<result<write_outcome>> writes::file(Request asked) {
  if (auto ready = prepare(kind_of(asked), asked.who); !ready) co_return fail(std::move(ready.error()));
  const content_rules rules{options_.identifier_system, site_.profile.zone, runtime_.wall()};
  auto content = content_of(asked, rules);
  if (!content) co_return fail(std::move(content.error()));
  co_return co_await submit(std::move(asked.who), std::move(*content));
}
template runtime::task<result<write_outcome>> writes::file(lab_order);
template runtime::task<result<write_outcome>> writes::file(imaging_order);
template runtime::task<result<write_outcome>> writes::file(medication_order);
template runtime::task<result<write_outcome>> writes::file(allergy);
template runtime::task<result<write_outcome>> writes::file(problem);
template runtime::task<result<write_outcome>> writes::file(vital_sign);
template runtime::task<result<write_outcome>> writes::file(note);

// One operation is one write, however many ask for it at the same time.
runtime::task<result<write_outcome>> writes::submit(write_request who, write_content content) {
  const instant deadline = *who.deadline;
  if (const auto found = under_way_.find(who.operation); found != under_way_.end()) {
    job_ptr other = found->second;
    if (other->sha256 != content.sha256) co_return fail(errc::conflict);
    co_return co_await await_outcome(std::move(other), deadline);
  }
  job_ptr job = new_job(std::move(who), std::move(content));
  under_way_.emplace(job->operation, job);
  life_.start_write("epic.write", carry(job));
  co_return co_await await_outcome(std::move(job), deadline);
}

job_ptr writes::new_job(write_request who, write_content content) {
  auto job = std::make_shared<write_job>(runtime_);
  job->operation = std::move(who.operation);
  job->kind = name_of(content.kind);
  job->type = resource_type_of(content.kind);
  job->patient = std::move(who.patient);
  job->encounter = std::move(who.encounter);
  job->sha256 = std::move(content.sha256);
  job->user = std::move(who.user);
  job->pseudonym = audit_.pseudonym(job->patient);
  job->content = std::make_shared<const json::value>(std::move(content.resource));
  job->deadline = *who.deadline;
  job->queue = who.queue;
  job->send_by = runtime_.now() + options_.queue_for;
  return job;
}

// Before the POST is over there is nothing to say, and it is over by the deadline; after it the caller's
// patience counts.
runtime::task<result<write_outcome>> writes::await_outcome(job_ptr job, instant deadline) {
  while (!job->over) {
    const instant until = job->in_doubt ? deadline : runtime::never;
    if (job->in_doubt && runtime_.now() >= deadline) break;
    auto woken = co_await job->changed.wait(until);
    if (!woken && woken.error() == make_error_code(runtime::errc::cancelled)) break;
  }
  if (job->refused) co_return fail(*job->refused);
  if (job->outcome) co_return *job->outcome;
  co_return standing(*job, write_state::unknown, {}, error(make_error_code(errc::deadline)));
}

// Runs in the group of writes, which is never cancelled.
runtime::task<> writes::carry(job_ptr job) {
  const audit_trail::who by{job->user, job->pseudonym};
  auto audited = co_await audit_.intent(audited_write, job->operation, by);
  bool planned = false;
  if (audited) {
    planned = co_await plan(job);
  } else {
    job->refused = error(make_error_code(errc::audit_unavailable)).caused_by(std::move(audited.error()));
  }
  if (planned) co_await drive(job);
  co_await leave(std::move(job));
}

runtime::task<bool> writes::plan(job_ptr job) {
  auto planned = co_await records_.plan(job);
  if (planned) co_return true;
  const audit_trail::who by{job->user, job->pseudonym};
  if (planned.error() == make_error_code(store::errc::exists)) {
    auto row = co_await records_.find(job->operation);
    if (row) {
      const std::string stands(store::name_of(row->state));
      job->outcome = standing(*job, to_outcome(row->state), row->resource_id, std::nullopt);
      if (row->state != store::write_state::written) {
        job->outcome->why = error(make_error_code(errc::conflict), "asked for before: " + stands);
      }
      audit_.outcome(audited_write, job->operation, by, "EXISTS");
      co_return false;
    }
    planned = fail(std::move(row.error()));
  }
  job->refused = refusal_of(planned.error());
  audit_.outcome(audited_failed_write, job->operation, by, "REFUSED");
  co_return false;
}

}  // namespace epicenter::epic
