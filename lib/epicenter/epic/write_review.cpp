// What a person decides of writes that nobody knows about (runbook, section 4).
#include <epicenter/epic/writes.hpp>

namespace epicenter::epic {
namespace {

// Beyond this the oldest can only be resolved, no longer released.
constexpr std::size_t max_held = 1000;
constexpr std::size_t max_actor_bytes = 256;

bool was_released(const store::ledger_row& row) {
  return row.reason.starts_with("released");
}

error refusal_of(error why) {
  const bool gone =
      why == make_error_code(store::errc::stale_state) || why == make_error_code(store::errc::not_found);
  return error(make_error_code(gone ? errc::not_found : errc::ledger_unavailable)).caused_by(std::move(why));
}

}  // namespace

void writes::hold(const job_ptr& job) {
  if (!job->content) return;
  if (held_.size() >= max_held) held_.erase(held_.begin());
  held_.insert_or_assign(job->operation, job);
}

runtime::task<result<std::vector<review_item>>> writes::worklist(std::size_t limit) {
  auto rows = co_await records_.list(store::write_state::needs_review, limit);
  if (!rows) co_return fail(refusal_of(std::move(rows.error())));
  std::vector<review_item> all;
  for (auto& row : *rows) {
    review_item one;
    one.may_release = !was_released(row) && held_.contains(row.operation);
    one.operation = std::move(row.operation);
    one.kind = std::move(row.kind);
    one.resource_type = std::move(row.resource_type);
    one.patient = std::move(row.patient);
    one.reason = std::move(row.reason);
    one.attempts = row.attempts;
    one.planned_at = row.planned_at;
    one.updated_at = row.updated_at;
    all.push_back(std::move(one));
  }
  co_return all;
}

// The write as the ledger has it, if a person is to decide on it.
runtime::task<result<job_ptr>> writes::under_review(std::string operation, std::string actor) {
  if (life_.stopping()) co_return fail(errc::stopped);
  if (actor.empty() || actor.size() > max_actor_bytes)
    co_return fail(errc::invalid_argument, "who decides is not said");
  if (under_way_.contains(operation)) co_return fail(errc::not_found, "it is under way");
  auto row = co_await records_.find(std::move(operation));
  if (!row) co_return fail(refusal_of(std::move(row.error())));
  if (row->state != store::write_state::needs_review) {
    co_return fail(errc::not_found, "it is " + std::string(store::name_of(row->state)));
  }
  job_ptr job = job_of(*row);
  job->released = was_released(*row);
  co_return job;
}

runtime::task<result<write_outcome>> writes::resolve_as_written(std::string operation,
                                                                std::string resource_id, std::string actor) {
  auto found = co_await under_review(operation, actor);
  if (!found) co_return fail(std::move(found.error()));
  job_ptr job = std::move(*found);
  if (const auto whole = fhir::parse_reference(resource_id); whole && whole->type == job->type)
    resource_id = whole->id;
  if (!fhir::is_id(resource_id))
    co_return fail(errc::invalid_argument, "the resource is no FHIR id of that type");
  auto decided =
      co_await records_.decide(job, store::write_state::written, resource_id, "resolved_by_person");
  if (!decided) co_return fail(refusal_of(std::move(decided.error())));
  held_.erase(operation);
  const audit_trail::who by{actor, job->pseudonym};
  (void)audit_.outcome("ehr.write.resolved", operation, by, "WRITTEN");
  write_outcome made;
  made.state = write_state::written;
  made.operation = std::move(operation);
  made.resource = resource_name(job->type, resource_id);
  co_return made;
}

runtime::task<result<write_outcome>> writes::release_once(std::string operation, std::string actor) {
  auto found = co_await under_review(operation, actor);
  if (!found) co_return fail(std::move(found.error()));
  if ((*found)->released) co_return fail(errc::conflict, "it was released before");
  const auto held = held_.find(operation);
  if (held == held_.end()) co_return fail(errc::not_found, "this process does not hold its content");
  job_ptr job = held->second;
  const audit_trail::who by{actor, job->pseudonym};
  if (auto audited = audit_.intent("ehr.write.released", operation, by); !audited) {
    co_return fail(error(make_error_code(errc::audit_unavailable)).caused_by(std::move(audited.error())));
  }
  auto decided = co_await records_.decide(job, store::write_state::planned, {}, "released_by_person");
  (void)audit_.outcome("ehr.write.released", operation, by, decided ? "PLANNED" : "REFUSED");
  if (!decided) co_return fail(refusal_of(std::move(decided.error())));
  held_.erase(operation);
  job->released = true;
  job->queue = false;
  job->in_doubt = false;
  job->over = false;
  job->already_there = false;
  job->outcome.reset();
  job->deadline = runtime_.now() + pipeline_.profile().deadline;
  const instant deadline = job->deadline;
  under_way_.emplace(operation, job);
  life_.start_write("epic.write", carry_released(job));
  co_return co_await await_outcome(std::move(job), deadline);
}

runtime::task<> writes::carry_released(job_ptr job) {
  co_await drive(job);
  under_way_.erase(job->operation);
  job->over = true;
  job->changed.notify_all();
}

}  // namespace epicenter::epic
