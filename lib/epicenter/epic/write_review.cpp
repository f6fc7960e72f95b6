// What a person decides of writes that nobody knows about (runbook, section 4).
#include <algorithm>
#include <epicenter/epic/among_calls.hpp>
#include <epicenter/epic/writes.hpp>

namespace epicenter::epic {
namespace {

// Only for a ledger that keeps no payloads. Beyond this one of them can only be resolved, no longer released.
constexpr std::size_t max_held = 1000;
constexpr std::size_t max_actor_bytes = 256;

std::uint32_t misses_in(const std::vector<store::search_made>& searches) {
  const auto missed = [](const store::search_made& one) { return one.complete && one.found == 0; };
  return static_cast<std::uint32_t>(std::count_if(searches.begin(), searches.end(), missed));
}

error refusal_of(error why) {
  if (why == make_error_code(store::errc::not_allowed))
    return error(make_error_code(errc::conflict)).caused_by(std::move(why));
  if (why == make_error_code(store::errc::stale_state))
    return error(make_error_code(errc::moved_on)).caused_by(std::move(why));
  const bool unknown = why == make_error_code(store::errc::not_found);
  return error(make_error_code(unknown ? errc::not_found : errc::ledger_unavailable))
      .caused_by(std::move(why));
}

// Where the ledger fails nobody knows whether the row was changed.
std::string_view audited_end(const result<>& moved, std::string_view to) {
  if (moved) return to;
  return moved.error() == make_error_code(store::errc::unavailable) ? "UNKNOWN" : "REFUSED";
}

// The decision goes on: nobody is left to tell.
error caller_left() {
  return error(make_error_code(errc::deadline), "the caller has left");
}

}  // namespace

void writes::hold(const job_ptr& job) {
  if (!job->content) return;
  if (held_.size() >= max_held) held_.erase(held_.begin());
  held_.insert_or_assign(job->operation, job);
}

runtime::task<result<std::vector<review_item>>> writes::worklist(std::size_t limit) {
  auto listed = co_await records_.worklist(limit);
  if (!listed) co_return fail(refusal_of(std::move(listed.error())));
  std::vector<review_item> all;
  for (auto& [row, transitions, searches] : *listed) {
    review_item one;
    const bool content = !row.payload.empty() || held_.contains(row.operation);
    one.may_release = !row.released && !row.damaged && content;
    one.operation = std::move(row.operation);
    one.kind = std::move(row.kind);
    one.resource_type = std::move(row.resource_type);
    one.patient = std::move(row.patient);
    one.reason = std::move(row.reason);
    one.attempts = row.attempts;
    one.searches = misses_in(searches);
    one.planned_at = row.planned_at;
    one.updated_at = row.updated_at;
    one.version = row.version;
    all.push_back(std::move(one));
  }
  co_return all;
}

store::resolution writes::resolution_of(const review_decision& decided) const {
  store::resolution made;
  made.operation = decided.operation;
  made.actor = decided.actor;
  made.at = runtime_.wall();
  made.version = decided.version;
  return made;
}

result<> writes::may_decide(const review_decision& decided) const {
  if (life_.stopping()) return fail(errc::stopped);
  if (decided.actor.empty() || decided.actor.size() > max_actor_bytes)
    return fail(errc::invalid_argument, "who decides is not said");
  if (decided.version == 0) return fail(errc::invalid_argument, "the version that was looked at is not said");
  return {};
}

// The write as the ledger has it, if a person is to decide on it and has seen it as it is.
runtime::task<result<job_ptr>> writes::under_review(review_decision decided) {
  auto row = co_await records_.find(decided.operation);
  if (life_.stopping()) co_return fail(errc::stopped);
  if (!row) co_return fail(refusal_of(std::move(row.error())));
  if (under_way_.contains(decided.operation)) co_return fail(errc::not_found, "it is under way");
  if (row->state != store::write_state::needs_review) {
    co_return fail(errc::not_found, "it is " + std::string(store::name_of(row->state)));
  }
  if (row->version != decided.version) {
    co_return fail(errc::moved_on, "version " + std::to_string(decided.version) + " was looked at, it is " +
                                       std::to_string(row->version));
  }
  co_return job_of(*row);
}

// Runs in the group of writes, as all decisions do: a caller who leaves changes nothing.
runtime::task<result<write_outcome>> writes::resolve_as_written(review_decision decided,
                                                                std::string resource_id) {
  if (auto may = may_decide(decided); !may) co_return fail(std::move(may.error()));
  auto asked = std::make_shared<flight<result<write_outcome>>>(runtime_);
  life_.start_write("epic.resolve", land_in(asked, resolve(std::move(decided), std::move(resource_id))));
  const bool landed = co_await wait_for(asked, runtime::never);
  if (!landed) co_return fail(caller_left());
  co_return *asked->outcome;
}

runtime::task<result<write_outcome>> writes::resolve(review_decision decided, std::string resource_id) {
  auto found = co_await under_review(decided);
  if (!found) co_return fail(std::move(found.error()));
  job_ptr job = std::move(*found);
  if (const auto whole = fhir::parse_reference(resource_id); whole && whole->type == job->type)
    resource_id = whole->id;
  if (!fhir::is_id(resource_id))
    co_return fail(errc::invalid_argument, "the resource is no FHIR id of that type");
  const audit_trail::who by{decided.actor, job->pseudonym};
  auto admitted = co_await audit_.admit(audit::event::review_resolved, job->operation, by);
  if (!admitted) co_return fail(std::move(admitted.error()));
  auto resolved = co_await records_.resolve(job, resolution_of(decided), resource_id);
  audit_.outcome(audit::event::review_resolved, job->operation, by,
                 std::string(audited_end(resolved, "WRITTEN")));
  co_await audit_.settled();
  if (!resolved) co_return fail(refusal_of(std::move(resolved.error())));
  held_.erase(job->operation);
  write_outcome made;
  made.state = write_state::written;
  made.operation = job->operation;
  made.resource = resource_name(job->type, resource_id);
  co_return made;
}

runtime::task<result<write_outcome>> writes::release_once(review_decision decided) {
  if (!site_.switches.writing(decided.actor)) co_return fail(errc::switched_off);
  if (auto may = may_decide(decided); !may) co_return fail(std::move(may.error()));
  auto asked = std::make_shared<flight<result<job_ptr>>>(runtime_);
  life_.start_write("epic.release", carry_decided(std::move(decided), asked));
  const bool landed = co_await wait_for(asked, runtime::never);
  if (!landed) co_return fail(caller_left());
  if (!*asked->outcome) co_return fail(asked->outcome->error());
  job_ptr job = **asked->outcome;
  const instant deadline = job->deadline;
  co_return co_await await_outcome(std::move(job), deadline);
}

runtime::task<> writes::carry_decided(review_decision decided,
                                      std::shared_ptr<flight<result<job_ptr>>> asked) {
  auto released = co_await release(std::move(decided));
  asked->land(released);
  if (released) co_await carry_released(std::move(*released));
}

runtime::task<result<job_ptr>> writes::release(review_decision decided) {
  auto found = co_await under_review(decided);
  if (!found) co_return fail(std::move(found.error()));
  job_ptr job = std::move(*found);
  const auto held = held_.find(job->operation);
  if (!job->content && held != held_.end()) job = held->second;
  if (!job->content) co_return fail(errc::not_found, "its content is not held");
  if (refused_as_merged(*job)) co_return fail(errc::patient_merged);
  // From here on nobody else here decides on it, and resume() does not take it up, too. Who asks for the
  // write meanwhile is told how it stands.
  if (!under_way_.emplace(job->operation, job)) co_return fail(errc::not_found, "it is under way");
  if (!job->outcome) job->outcome = write_outcome{write_state::needs_review, job->operation, {}, {}};
  job->over = true;
  auto recorded = co_await record_release(job, std::move(decided));
  if (!recorded) {
    under_way_.erase(job->operation);
    co_return fail(std::move(recorded.error()));
  }
  held_.erase(job->operation);
  job->queue = false;
  job->in_doubt = false;
  job->over = false;
  job->already_there = false;
  job->outcome.reset();
  job->deadline = runtime_.now() + pipeline_.profile().deadline;
  co_return job;
}

runtime::task<result<>> writes::record_release(job_ptr job, review_decision decided) {
  const audit_trail::who by{decided.actor, job->pseudonym};
  auto admitted = co_await audit_.admit(audit::event::review_released, job->operation, by);
  if (!admitted) co_return fail(std::move(admitted.error()));
  if (life_.stopping()) {
    audit_.outcome(audit::event::review_released, job->operation, by, "REFUSED");
    co_return fail(errc::stopped);
  }
  auto released = co_await records_.release(job, resolution_of(decided));
  audit_.outcome(audit::event::review_released, job->operation, by,
                 std::string(audited_end(released, "PLANNED")));
  if (!released) co_return fail(refusal_of(std::move(released.error())));
  co_return result<>();
}

// One send, and no queue. What was not sent is not NOT_SENT: before it was released it may have been.
runtime::task<> writes::carry_released(job_ptr job) {
  verdict reached;
  reached.state = store::write_state::not_sent;
  if (!life_.stopping()) reached = co_await post(job);
  if (reached.state == store::write_state::not_sent) {
    co_await settle_unsent(job, std::move(reached));
  } else {
    if (reached.state == store::write_state::unknown) reached = co_await doubt(job, std::move(reached));
    if (reached.state != store::write_state::unknown) co_await settle(job, std::move(reached));
  }
  co_await leave(std::move(job));
}

// By way of PLANNED, so that the ledger sees that the release was not used. While the adapter stops the row
// stays there: the next start takes up the release.
runtime::task<> writes::settle_unsent(job_ptr job, verdict reached) {
  bool recorded = true;
  if (job->row != store::write_state::planned)
    recorded = co_await records_.settle(job, store::write_state::planned, {}, "not_processed");
  if (recorded && !life_.stopping()) {
    reached.state = store::write_state::needs_review;
    co_await settle(std::move(job), std::move(reached));
    co_return;
  }
  const audit_trail::who by{job->user, job->pseudonym};
  audit_.outcome(audited_failed_write, job->operation, by, recorded ? "PLANNED" : "UNKNOWN");
  error why(make_error_code(errc::ledger_unavailable), "the next start looks for it");
  if (recorded) why = error(make_error_code(errc::stopped), "the next start sends it");
  job->outcome = write_outcome{write_state::unknown, job->operation, {}, std::move(why)};
}

}  // namespace epicenter::epic
