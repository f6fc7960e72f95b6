// What a person decides of writes that nobody knows about (runbook, section 4).
#include <algorithm>
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
  auto listed = co_await records_.worklist(limit);
  if (!listed) co_return fail(refusal_of(std::move(listed.error())));
  std::vector<review_item> all;
  for (auto& [row, transitions, searches] : *listed) {
    review_item one;
    const bool content = (!row.payload.empty() && !row.damaged) || held_.contains(row.operation);
    one.may_release = !row.released && content;
    one.operation = std::move(row.operation);
    one.kind = std::move(row.kind);
    one.resource_type = std::move(row.resource_type);
    one.patient = std::move(row.patient);
    one.reason = std::move(row.reason);
    one.attempts = row.attempts;
    one.searches = misses_in(searches);
    one.planned_at = row.planned_at;
    one.updated_at = row.updated_at;
    all.push_back(std::move(one));
  }
  co_return all;
}

store::resolution writes::decision_of(const std::string& operation, const std::string& actor) const {
  store::resolution decided;
  decided.operation = operation;
  decided.actor = actor;
  decided.at = runtime_.wall();
  return decided;
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
  co_return job_of(*row);
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
  store::resolution decision = decision_of(operation, actor);
  auto decided = co_await records_.resolve(job, std::move(decision), resource_id);
  if (!decided) co_return fail(refusal_of(std::move(decided.error())));
  held_.erase(operation);
  const audit_trail::who by{actor, job->pseudonym};
  audit_.outcome("ehr.write.resolved", operation, by, "WRITTEN");
  write_outcome made;
  made.state = write_state::written;
  made.operation = std::move(operation);
  made.resource = resource_name(job->type, resource_id);
  co_return made;
}

runtime::task<result<write_outcome>> writes::release_once(std::string operation, std::string actor) {
  if (!site_.switches.writing(actor)) co_return fail(errc::switched_off);
  auto found = co_await under_review(operation, actor);
  if (!found) co_return fail(std::move(found.error()));
  job_ptr job = std::move(*found);
  const auto held = held_.find(operation);
  if (!job->content && held != held_.end()) job = held->second;
  if (!job->content) co_return fail(errc::not_found, "its content is not held");
  const audit_trail::who by{actor, job->pseudonym};
  auto audited = co_await audit_.intent("ehr.write.released", operation, by);
  if (!audited) {
    co_return fail(error(make_error_code(errc::audit_unavailable)).caused_by(std::move(audited.error())));
  }
  store::resolution decision = decision_of(operation, actor);
  auto decided = co_await records_.release(job, std::move(decision));
  audit_.outcome("ehr.write.released", operation, by, decided ? "PLANNED" : "REFUSED");
  if (!decided) co_return fail(refusal_of(std::move(decided.error())));
  held_.erase(operation);
  job->queue = false;
  job->in_doubt = false;
  job->over = false;
  job->already_there = false;
  job->outcome.reset();
  job->deadline = runtime_.now() + pipeline_.profile().deadline;
  const instant deadline = job->deadline;
  under_way_.emplace(operation, job);
  life_.start_write("epic.write", carry_again(job));
  co_return co_await await_outcome(std::move(job), deadline);
}

runtime::task<> writes::carry_again(job_ptr job) {
  co_await drive(job);
  under_way_.erase(job->operation);
  job->over = true;
  job->changed.notify_all();
}

}  // namespace epicenter::epic
