// What an earlier process left open in the ledger.
#include <algorithm>
#include <epicenter/epic/writes.hpp>
#include <epicenter/json/parse.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t everything = 1'000'000;
// Rows taken over from an earlier process are not all searched for in one moment.
constexpr duration take_over_stagger = 20ms;
// Room for the pages of the two searches of a look.
constexpr std::uint32_t numbers_of_a_look = 200;

// A number that no earlier process has used: looks are at least a second apart, so that a write of n
// seconds has had fewer than n + 10. Its request ids would otherwise come twice in the audit log where Epic
// is down over two restarts.
std::uint32_t first_request_after_restart(duration age) {
  constexpr std::int64_t searches_before = 10;
  constexpr std::int64_t longest = 20'000'000;  // seconds: what the number can hold
  const std::int64_t seconds = std::clamp<std::int64_t>(age / std::chrono::seconds(1), 0, longest);
  return 1 + numbers_of_a_look * static_cast<std::uint32_t>(seconds + searches_before);
}

error taken_over() {
  return error(make_error_code(errc::unavailable), "taken over");
}

}  // namespace

runtime::task<result<>> writes::resume() {
  auto closed = co_await close_unsent();
  if (!closed) co_return closed;
  auto sent = co_await take_over(store::write_state::sending);
  if (!sent) co_return sent;
  co_return co_await take_over(store::write_state::unknown);
}

// PLANNED rows never left the earlier process, or provably came to nothing.
runtime::task<result<>> writes::close_unsent() {
  auto rows = co_await records_.list(store::write_state::planned, everything);
  if (!rows)
    co_return fail(error(make_error_code(errc::ledger_unavailable)).caused_by(std::move(rows.error())));
  for (const auto& row : *rows) {
    if (under_way_.contains(row.operation)) continue;
    job_ptr job = job_of(row);
    if (waits_in_queue(row)) {
      under_way_.emplace(job->operation, job);
      life_.start_write("epic.queue", carry_queued(job));
      continue;
    }
    auto closed = result<>();
    if (row.released) {
      closed = co_await take_up_release(row, job);
    } else {
      closed = co_await close(job, store::write_state::not_sent, "restart");
    }
    if (!closed) co_return closed;
  }
  co_return result<>();
}

bool writes::waits_in_queue(const store::ledger_row& row) const {
  return row.queued && !row.released && !row.payload.empty() && !row.damaged && runtime_.wall() < row.send_by;
}

// SENDING is durable before the first byte: what is PLANNED was not sent since the person's decision. What
// cannot be sent now goes back to the person: before it was released it may have been, so that it is not
// NOT_SENT.
runtime::task<result<>> writes::take_up_release(const store::ledger_row& row, job_ptr job) {
  const auto back = store::write_state::needs_review;
  if (row.damaged) {
    told_.tell(events::safety_alarm{"ledger_damaged", job->operation, known_type(job->kind), {}});
    co_return co_await close(job, back, "damaged");
  }
  if (!job->content) co_return co_await close(job, back, "content_not_kept");
  if (!site_.switches.writing(job->user)) co_return co_await close(job, back, "switched_off");
  under_way_.emplace(job->operation, job);
  const std::string actor = co_await who_released(job->operation);
  const audit_trail::who by{actor, job->pseudonym};
  audit_.outcome(audit::event::review_released, job->operation, by, "TAKEN_OVER");
  life_.start_write("epic.release", carry_released(job));
  co_return result<>();
}

// Where it was done without the adapter, the audit log knows nothing of it yet.
runtime::task<std::string> writes::who_released(std::string operation) {
  auto known = co_await records_.history(std::move(operation));
  if (!known) co_return std::string();
  for (auto change = known->transitions.rbegin(); change != known->transitions.rend(); ++change) {
    if (change->from == store::write_state::needs_review) co_return change->by;
  }
  co_return std::string();
}

runtime::task<result<>> writes::close(job_ptr job, store::write_state end, std::string_view reason) {
  auto moved = co_await records_.move(job, end, {}, reason);
  if (!moved)
    co_return fail(error(make_error_code(errc::ledger_unavailable)).caused_by(std::move(moved.error())));
  const audit_trail::who by{job->user, job->pseudonym};
  audit_.outcome(audited_failed_write, job->operation, by, std::string(store::name_of(end)));
  co_return result<>();
}

runtime::task<result<>> writes::take_over(store::write_state state) {
  auto rows = co_await records_.list(state, everything);
  if (!rows)
    co_return fail(error(make_error_code(errc::ledger_unavailable)).caused_by(std::move(rows.error())));
  duration after{};
  for (const auto& row : *rows) {
    if (under_way_.contains(row.operation)) continue;
    job_ptr job = job_of(row);
    if (row.damaged) {
      told_.tell(events::safety_alarm{"ledger_damaged", job->operation, known_type(job->kind), {}});
      // Whose it is may be lost: a search would look into no chart, or into another patient's.
      auto closed = co_await close(job, store::write_state::needs_review, "damaged");
      if (!closed) co_return closed;
      continue;
    }
    if (state == store::write_state::sending) {
      auto moved = co_await records_.move(job, store::write_state::unknown, {}, "restart");
      if (!moved)
        co_return fail(error(make_error_code(errc::ledger_unavailable)).caused_by(std::move(moved.error())));
    }
    job->in_doubt = true;
    job->outcome = write_outcome{write_state::unknown, job->operation, {}, taken_over()};
    under_way_.emplace(job->operation, job);
    life_.start_write("epic.take_over", carry_on(job, after));
    after += take_over_stagger;
  }
  co_return result<>();
}

runtime::task<> writes::carry_on(job_ptr job, duration after) {
  const instant begin = runtime_.now() + after;
  const bool slept = co_await life_.sleep_until(begin);
  if (slept) {
    verdict reached = co_await reconcile(job);
    if (reached.state == store::write_state::planned) {
      co_await drive(job);
    } else if (reached.state != store::write_state::unknown) {
      co_await settle(job, std::move(reached));
    }
  }
  co_await leave(std::move(job));
}

runtime::task<> writes::carry_queued(job_ptr job) {
  co_await drive(job);
  co_await leave(std::move(job));
}

// Nobody is told of an outcome that a crash could still take out of the log.
runtime::task<> writes::leave(job_ptr job) {
  co_await audit_.settled();
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
  if (!row.patient.empty()) job->pseudonym = audit_.pseudonym(row.patient);
  job->encounter = row.encounter;
  job->user = row.user;
  job->row = row.state;
  job->queue = row.queued && !row.released;  // a person's one release is sent once, whatever searches say
  job->deadline = runtime_.now() + pipeline_.profile().deadline;
  job->send_by = runtime_.now() + std::max<duration>(row.send_by - runtime_.wall(), duration{});
  // A payload that does not open is none: such a write is never sent again, only looked for.
  if (!row.payload.empty() && !row.damaged) {
    if (auto content = json::parse(row.payload))
      job->content = std::make_shared<const json::value>(std::move(*content));
  }
  job->next_request = first_request_after_restart(runtime_.wall() - row.planned_at);
  return job;
}

}  // namespace epicenter::epic
