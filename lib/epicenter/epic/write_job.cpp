#include <epicenter/epic/planted_defects.hpp>
#include <epicenter/epic/write_job.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::epic {
namespace {

constexpr int settle_tries = 5;
constexpr duration between_tries = 1s;

bool may_be_filed(store::write_state state) {
  using enum store::write_state;
  return state == written || state == duplicate || state == unknown || state == needs_review;
}

}  // namespace

std::string_view known_kind(std::string_view name) {
  const auto known = operation_named(name);
  return known && is_write(*known) ? name_of(*known) : std::string_view("write");
}

std::string_view code_of(const json::value& resource) {
  for (const std::string_view element : {"code", "medicationCodeableConcept", "type"}) {
    const auto* const found = resource.find(element);
    if (found != nullptr) return found->string_at("coding.0.code");
  }
  return {};
}

std::string_view known_type(std::string_view kind) {
  const auto known = operation_named(kind);
  return known ? resource_type_of(*known) : std::string_view();
}

std::string resource_name(const std::string& type, const std::string& id) {
  return id.empty() ? std::string() : type + '/' + id;
}

write_state to_outcome(store::write_state state) {
  switch (state) {
    case store::write_state::written:
      return write_state::written;
    case store::write_state::rejected:
      return write_state::rejected;
    case store::write_state::not_sent:
      return write_state::not_sent;
    case store::write_state::duplicate:
      return write_state::duplicate;
    case store::write_state::needs_review:
      return write_state::needs_review;
    case store::write_state::planned:
    case store::write_state::sending:
    case store::write_state::unknown:
      break;
  }
  return write_state::unknown;
}

runtime::task<result<>> write_records::plan(job_ptr job) {
  if (planted_defects::ledger_off) co_return result<>();
  store::ledger_row row;
  row.operation = job->operation;
  row.kind = job->kind;
  row.resource_type = job->type;
  row.patient = job->patient;
  row.payload_sha256 = job->sha256;
  row.planned_at = runtime_.wall();
  row.encounter = job->encounter;
  row.user = job->user;
  row.code = code_of(*job->content);
  row.payload = json::write(*job->content);
  row.queued = job->queue;
  if (job->queue) row.send_by = row.planned_at + (job->send_by - runtime_.now());
  auto planned = co_await ledger_.plan(std::move(row));
  if (planned) tell(*job, {}, "planned");
  co_return planned;
}

runtime::task<result<>> write_records::move(job_ptr job, store::write_state to, std::string resource_id,
                                            std::string_view reason) {
  if (planted_defects::ledger_off) {
    job->row = to;
    co_return result<>();
  }
  store::ledger::change change{job->operation,      job->row,       to, resource_id,
                               std::string(reason), runtime_.wall()};
  auto moved = co_await ledger_.advance(change);
  if (!moved && moved.error() == make_error_code(store::errc::stale_state)) {
    // An earlier move took effect although its answer was lost with a cancelled wait.
    auto there = co_await ledger_.find(job->operation);
    if (!there) co_return fail(std::move(there.error()));
    if (store::is_final(there->state) && there->state != to) co_return moved;
    job->row = there->state;
    change.from = there->state;
    if (there->state != to) {
      moved = co_await ledger_.advance(std::move(change));
    } else {
      moved = result<>();
    }
  }
  if (!moved) co_return moved;
  job->row = to;
  tell(*job, resource_id, reason);
  co_return moved;
}

runtime::task<result<>> write_records::resolve(job_ptr job, store::resolution decided,
                                               std::string resource_id) {
  auto resolved = co_await ledger_.resolve_written(std::move(decided), resource_id);
  if (!resolved) co_return resolved;
  job->row = store::write_state::written;
  maybe_filed_(*job, resource_id);
  tell(*job, resource_id, "resolved_by_person");
  co_return resolved;
}

runtime::task<result<>> write_records::release(job_ptr job, store::resolution decided) {
  auto released = co_await ledger_.release_once(std::move(decided));
  if (!released) co_return released;
  job->row = store::write_state::planned;
  tell(*job, {}, "released_by_person");
  co_return released;
}

runtime::task<> write_records::note_search(job_ptr job, store::search_made what) {
  (void)co_await ledger_.note_search(job->operation, std::move(what));
}

runtime::task<bool> write_records::settle(job_ptr job, store::write_state to, std::string resource_id,
                                          std::string_view reason) {
  if (may_be_filed(to)) maybe_filed_(*job, resource_id);
  for (int tries = 1;; ++tries) {
    auto moved = co_await move(job, to, resource_id, reason);
    if (moved) co_return true;
    const bool passing = moved.error() == make_error_code(store::errc::unavailable);
    if (!passing || tries == settle_tries) co_return false;
    const instant again = runtime_.now() + between_tries;
    const bool slept = co_await life_.sleep_until(again);
    if (!slept) tries = settle_tries - 1;  // the adapter stops: once more, at once
  }
}

void write_records::tell(const write_job& job, const std::string& resource_id, std::string_view reason) {
  told_.tell(events::write_changed{job.operation, job.kind, store::name_of(job.row),
                                   resource_name(job.type, resource_id), reason});
}

}  // namespace epicenter::epic
