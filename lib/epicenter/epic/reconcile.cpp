// Writes of which nobody knows: searched for by their identifier, never sent again.
#include <algorithm>
#include <array>
#include <epicenter/epic/planted_defects.hpp>
#include <epicenter/epic/writes.hpp>
#include <set>

namespace epicenter::epic {
namespace {

// Reference: epic, section 4.2. A miss proves nothing before Epic's longest processing time and index lag
// have passed.
constexpr std::array<int, 4> search_at_fraction{45, 9, 3, 1};  // of review_after: 2, 10, 30, 90 s
constexpr int misses_needed = 2;
constexpr duration between_late_searches = 10s;
constexpr duration least_before_giving_up = 5min;
constexpr duration first_backoff = 1s;
constexpr duration max_backoff = 10s;
constexpr duration search_time = 10s;
// Rows taken over from an earlier process are not all searched for in one moment.
constexpr duration take_over_stagger = 20ms;
constexpr std::size_t rows_at_a_time = 1000;
// Room for the pages of a search.
constexpr std::uint32_t numbers_of_a_search = 100;

// A number that no earlier process has used: searches are at least a second apart, so that a write of n
// seconds has had fewer than n + 10. Its request ids would otherwise come twice in the audit log where Epic
// is down over two restarts.
std::uint32_t first_request_after_restart(duration age) {
  constexpr std::int64_t searches_before = 10;
  constexpr std::int64_t longest = 40'000'000;  // seconds: what the number can hold
  const std::int64_t seconds = std::clamp<std::int64_t>(age / std::chrono::seconds(1), 0, longest);
  return 1 + numbers_of_a_search * static_cast<std::uint32_t>(seconds + searches_before);
}

// `since`: when the write became unknown.
instant next_search(instant since, instant now, duration review_after) {
  for (const int fraction : search_at_fraction) {
    if (since + review_after / fraction > now) return since + review_after / fraction;
  }
  return now + std::min(between_late_searches, review_after);
}

error nobody_knows(std::string_view why) {
  return error(make_error_code(errc::unavailable), std::string(why));
}

}  // namespace

runtime::task<> writes::doubt(job_ptr job, verdict reached) {
  (void)co_await records_.settle(job, store::write_state::unknown, {}, reached.reason);
  job->outcome = write_outcome{write_state::unknown, job->operation, {}, std::move(reached.why)};
  job->in_doubt = true;
  job->changed.notify_all();
  if (planted_defects::ledger_off) co_return;
  co_await reconcile(std::move(job));
}

runtime::task<> writes::reconcile(job_ptr job) {
  const instant since = runtime_.now();
  const duration give_up_after = std::max<duration>(least_before_giving_up, 2 * review_after_);
  instant due = next_search(since, since, review_after_);
  duration backoff = first_backoff;
  int misses = 0;
  verdict reached;
  while (reached.state == store::write_state::unknown) {
    const bool slept = co_await life_.sleep_until(due);
    if (!slept) break;
    const sighting seen = co_await look(job);
    const instant now = runtime_.now();
    if (seen.found == 1) {
      reached = verdict{store::write_state::written, seen.id, "found", std::nullopt};
    } else if (seen.found > 1) {
      reached = verdict{store::write_state::duplicate, seen.id, "found_twice",
                        nobody_knows("filed more than once")};
    } else if (seen.complete) {
      ++misses;
      backoff = first_backoff;
      due = next_search(since, now, review_after_);
      if (now - since >= review_after_ && misses >= misses_needed) {
        reached = verdict{store::write_state::needs_review, {}, "not_found", nobody_knows("not found")};
      }
    } else {
      due = now + backoff;
      backoff = std::min(2 * backoff, max_backoff);
    }
    const bool undecided = reached.state == store::write_state::unknown;
    if (undecided && due - since > give_up_after) {
      reached =
          verdict{store::write_state::needs_review, {}, "no_complete_search", nobody_knows("cannot search")};
    }
  }
  if (reached.state != store::write_state::unknown) {
    co_await settle(std::move(job), std::move(reached));
    co_return;
  }
  // The adapter stops. The row stays UNKNOWN for the next start.
  const audit_trail::who by{job->user, job->pseudonym};
  (void)audit_.outcome(audited_failed_write, job->operation, by, "UNKNOWN");
}

runtime::task<writes::sighting> writes::look(job_ptr job) {
  auto searched = std::make_shared<flight<fetch_result>>(runtime_);
  const instant deadline = runtime_.now() + search_time;
  life_.start_call("epic.reconcile", fly_search(job, searched, deadline));
  const bool landed = co_await wait_for(searched, runtime::never);
  sighting seen;
  if (!landed || !*searched->outcome) co_return seen;
  const fetched& got = **searched->outcome;
  std::set<std::string, std::less<>> ids;
  for (const auto& one : got.resources) {
    if (fhir::identifier_of(one, identifier_system_) == job->operation) ids.emplace(fhir::id_of(one));
  }
  seen.complete = !got.partial;
  seen.found = ids.size();
  if (!ids.empty()) seen.id = *ids.begin();
  co_return seen;
}

runtime::task<> writes::fly_search(job_ptr job, std::shared_ptr<flight<fetch_result>> mine,
                                   instant deadline) {
  fetch_origin from;
  from.purpose = call_purpose::reconcile;
  from.operation = job->operation;
  from.first_request = job->next_request;
  from.user = job->user;
  from.pseudonym = job->pseudonym;
  from.deadline = deadline;
  job->next_request += numbers_of_a_search;
  search wanted;
  wanted.type = job->type;
  wanted.patient = job->patient;
  wanted.parameters.emplace_back("patient", job->patient);
  wanted.parameters.emplace_back("identifier", identifier_system_ + '|' + job->operation);
  auto got = co_await fetch_all(pipeline_, std::move(from), std::move(wanted));
  mine->land(std::move(got));
}

runtime::task<result<>> writes::resume() {
  auto closed = co_await close_unsent();
  if (!closed) co_return closed;
  auto sent = co_await take_over(store::write_state::sending);
  if (!sent) co_return sent;
  co_return co_await take_over(store::write_state::unknown);
}

// PLANNED rows never left the earlier process.
runtime::task<result<>> writes::close_unsent() {
  for (;;) {
    auto rows = co_await records_.list(store::write_state::planned, rows_at_a_time);
    if (!rows)
      co_return fail(error(make_error_code(errc::ledger_unavailable)).caused_by(std::move(rows.error())));
    std::size_t closed = 0;
    for (const auto& row : *rows) {
      if (under_way_.contains(row.operation)) continue;
      job_ptr job = job_of(row);
      auto moved = co_await records_.move(job, store::write_state::not_sent, {}, "restart");
      if (!moved)
        co_return fail(error(make_error_code(errc::ledger_unavailable)).caused_by(std::move(moved.error())));
      const audit_trail::who by{job->user, job->pseudonym};
      (void)audit_.outcome(audited_failed_write, job->operation, by, "NOT_SENT");
      ++closed;
    }
    if (closed < rows_at_a_time) co_return result<>();
  }
}

runtime::task<result<>> writes::take_over(store::write_state state) {
  constexpr std::size_t everything = 1'000'000;
  auto rows = co_await records_.list(state, everything);
  if (!rows)
    co_return fail(error(make_error_code(errc::ledger_unavailable)).caused_by(std::move(rows.error())));
  duration after{};
  for (const auto& row : *rows) {
    if (under_way_.contains(row.operation)) continue;
    job_ptr job = job_of(row);
    if (state == store::write_state::sending) {
      auto moved = co_await records_.move(job, store::write_state::unknown, {}, "restart");
      if (!moved)
        co_return fail(error(make_error_code(errc::ledger_unavailable)).caused_by(std::move(moved.error())));
    }
    job->in_doubt = true;
    job->outcome = write_outcome{write_state::unknown, job->operation, {}, nobody_knows("taken over")};
    under_way_.emplace(job->operation, job);
    life_.start_write("epic.take_over", carry_on(job, after));
    after += take_over_stagger;
  }
  co_return result<>();
}

runtime::task<> writes::carry_on(job_ptr job, duration after) {
  const instant begin = runtime_.now() + after;
  const bool slept = co_await life_.sleep_until(begin);
  if (slept) co_await reconcile(job);
  under_way_.erase(job->operation);
  job->over = true;
  job->changed.notify_all();
}

job_ptr writes::job_of(const store::ledger_row& row) {
  auto job = std::make_shared<write_job>(runtime_);
  job->operation = row.operation;
  job->kind = known_kind(row.kind);
  job->type = row.resource_type;
  job->patient = row.patient;
  job->sha256 = row.payload_sha256;
  job->pseudonym = audit_.pseudonym(row.patient);
  job->row = row.state;
  job->next_request = first_request_after_restart(runtime_.wall() - row.planned_at);
  return job;
}

}  // namespace epicenter::epic
