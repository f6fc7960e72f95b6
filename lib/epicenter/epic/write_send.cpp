// A write from its row to its verdict.
#include <algorithm>
#include <epicenter/epic/planted_defects.hpp>
#include <epicenter/epic/writes.hpp>

namespace epicenter::epic {
namespace {

constexpr duration first_wait = 1s;
constexpr duration max_wait = 60s;
// A flag costs nothing to ask, and what it held back is wanted.
constexpr duration between_looks_at_the_flag = 5s;
constexpr std::string_view switched_off = "switched_off";

// Repeatable are only attempts that came to nothing.
constexpr auto repeat_of_creates = planted_defects::blind_retry_of_creates
                                       ? resilience::retry_class::idempotent
                                       : resilience::retry_class::non_idempotent;

}  // namespace

runtime::task<> writes::drive(job_ptr job) {
  duration wait = first_wait;
  for (;;) {
    verdict reached = co_await post(job);
    if (reached.state == store::write_state::not_sent && job->queue) {
      const bool held_back = reached.reason == switched_off;
      const duration length = held_back ? between_looks_at_the_flag : wait;
      if (!held_back) wait = std::min(2 * wait, max_wait);
      const auto ended = co_await wait_in_queue(job, reached.why, length);
      if (ended == queue_end::again) continue;
      if (ended == queue_end::stopped) co_return;
      reached.reason = "queue_expired";
    }
    if (reached.state == store::write_state::unknown) {
      reached = co_await doubt(job, std::move(reached));
      if (reached.state == store::write_state::planned) continue;
      if (reached.state == store::write_state::unknown) co_return;
    }
    co_await settle(std::move(job), std::move(reached));
    co_return;
  }
}

runtime::task<writes::verdict> writes::post(job_ptr job) {
  auto& breaker = pipeline_.guard(resilience::endpoint_class::write).breaker();
  verdict reached;
  reached.state = store::write_state::not_sent;
  // The flag was asked when the write was taken; one that waits is asked about again. What the caller waits
  // for goes on: it is in flight.
  if (job->queue && !site_.switches.writing(job->user)) {
    reached.reason = switched_off;
    reached.why = error(make_error_code(errc::switched_off));
    co_return reached;
  }
  // Learned since the write was taken: it names a chart that is no more.
  if (auto merged = refused_as_merged(*job)) co_return std::move(*merged);
  if (const auto rejected = breaker.peek(runtime_.now())) {
    reached.reason = name_of(failure_cause::circuit_open);
    reached.why = refused_by(*rejected).to_error();
    co_return reached;
  }
  auto message = pipeline_.build().create(*job->content);
  if (!message) {
    reached.reason = "no_request";
    reached.why = error(make_error_code(errc::invalid_argument)).caused_by(std::move(message.error()));
    co_return reached;
  }
  auto posted = std::make_shared<flight<call_result>>(runtime_);
  life_.start_call("epic.post", fly_post(job, std::move(*message), posted));
  const bool landed = co_await wait_for(posted, runtime::never);
  EPICENTER_CHECK(landed, "a write was cancelled while its request was under way");
  co_return judge(job, *posted->outcome);
}

// A queued write waits until a person has said that the patient was merged. Whose chart it then belongs into
// is for a person, too: what it says is about the other patient.
std::optional<writes::verdict> writes::refused_as_merged(const write_job& job) const {
  const bool moved = site_.merges.chart_of(job.patient) != job.patient;
  if (!moved && !site_.merges.is_halted(job.patient)) return std::nullopt;
  verdict reached;
  reached.state = moved && job.queue ? store::write_state::needs_review : store::write_state::not_sent;
  reached.reason = "patient_merged";
  reached.why = error(make_error_code(errc::patient_merged));
  return reached;
}

runtime::task<> writes::fly_post(job_ptr job, http::request message,
                                 std::shared_ptr<flight<call_result>> mine) {
  write_hooks hooks(records_, job);
  call asked;
  asked.endpoint = resilience::endpoint_class::write;
  asked.repeat = repeat_of_creates;
  asked.operation = job->operation;
  asked.request = job->next_request++;
  asked.message = std::move(message);
  asked.user = job->user;
  asked.patient = job->pseudonym;
  asked.deadline = job->queue ? std::min(job->deadline, job->send_by) : job->deadline;
  asked.hooks = &hooks;
  auto ended = co_await pipeline_.run(asked);
  mine->land(std::move(ended));
}

writes::verdict writes::judge(const job_ptr& job, const call_result& ended) {
  if (!ended) return judge_failure(job, ended.error());
  if (const auto* made = std::get_if<fhir::created>(&ended->content)) {
    if (made->where && made->where->type == job->type)
      return {store::write_state::written, made->where->id, "created", {}};
  } else if (const auto* read = std::get_if<fhir::resource>(&ended->content)) {
    const std::string id(fhir::id_of(read->content));
    if (fhir::type_of(read->content) == job->type && fhir::is_id(id))
      return {store::write_state::written, id, "created", {}};
  }
  const error unnamed(make_error_code(errc::protocol), "Epic took the write and did not say where it is");
  return {store::write_state::unknown, {}, "no_usable_id", unnamed};
}

writes::verdict writes::judge_failure(const job_ptr& job, const call_failure& why) {
  const auto reason = name_of(why.cause);
  if (why.maybe_processed || why.status >= 500)
    return {store::write_state::unknown, {}, reason, error_of(why)};
  if (why.status == 0 || why.status == 401 || why.status == 425 || why.status == 429) {
    return {store::write_state::not_sent, {}, reason, error_of(why)};
  }
  if (epic_says(why, fhir::errc::duplicate)) {
    // It may be this very write, or somebody else's: only a search can tell.
    job->already_there = true;
    return {store::write_state::unknown, {}, "already_there", error_of(why)};
  }
  // Epic refuses it by an error, and by a redirect to the survivor's chart beside it (4107).
  if (epic_says(why, fhir::errc::merged)) {
    const auto survivor = survivor_in(why.location, pipeline_.fhir_origin());
    if (site_.merges.learn(job->patient, survivor.value_or(std::string())))
      told_.tell(events::safety_alarm{"patient_merged", job->operation, "Patient", {}});
    return {store::write_state::rejected, {}, reason, error_of(why)};
  }
  if (why.status < 400) {
    const error unnamed(make_error_code(errc::protocol), "Epic took the write and did not say where it is");
    return {store::write_state::unknown, {}, "no_usable_id", unnamed};
  }
  return {store::write_state::rejected, {}, reason, error_of(why)};
}

// The row is PLANNED while the write waits, so that the ledger never says more than is known.
runtime::task<writes::queue_end> writes::wait_in_queue(job_ptr job, std::optional<error> why, duration wait) {
  const instant due = std::min(runtime_.now() + wait, job->send_by);
  if (runtime_.now() >= job->send_by) co_return queue_end::expired;
  if (job->row != store::write_state::planned) {
    const bool recorded = co_await records_.settle(job, store::write_state::planned, {}, "queued");
    if (!recorded) co_return queue_end::expired;
  }
  job->outcome = write_outcome{write_state::queued, job->operation, {}, std::move(why)};
  job->in_doubt = true;
  job->changed.notify_all();
  const bool slept = co_await life_.sleep_until(due);
  if (!slept) {
    const audit_trail::who by{job->user, job->pseudonym};
    audit_.outcome(audited_failed_write, job->operation, by, "QUEUED");
    co_return queue_end::stopped;
  }
  if (runtime_.now() >= job->send_by) co_return queue_end::expired;
  job->deadline = runtime_.now() + pipeline_.profile().deadline;
  co_return queue_end::again;
}

runtime::task<> writes::settle(job_ptr job, verdict reached) {
  // Where the ledger fails the row stays open, and the next start finds out again what is known here.
  (void)co_await records_.settle(job, reached.state, reached.id, reached.reason);
  finish(job, reached);
  if (reached.state == store::write_state::written) co_await compare(std::move(job), std::move(reached.id));
}

void writes::finish(const job_ptr& job, verdict reached) {
  const bool good = reached.state == store::write_state::written;
  const audit_trail::who by{job->user, job->pseudonym};
  audit_.outcome(good ? audited_write : audited_failed_write, job->operation, by,
                 std::string(store::name_of(reached.state)));
  if (reached.state == store::write_state::duplicate) {
    told_.tell(events::safety_alarm{"filed_twice", job->operation, known_type(job->kind), {}});
  }
  if (reached.state == store::write_state::needs_review) hold(job);
  write_outcome made;
  made.state = to_outcome(reached.state);
  made.operation = job->operation;
  made.resource = resource_name(job->type, reached.id);
  made.why = std::move(reached.why);
  job->outcome = std::move(made);
}

}  // namespace epicenter::epic
