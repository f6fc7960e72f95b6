// A write from the call to its verdict.
#include <algorithm>
#include <epicenter/epic/planted_defects.hpp>
#include <epicenter/epic/writes.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t max_under_way = 10'000;

write_outcome outcome_of(const write_job& job, write_state state, const std::string& id,
                         std::optional<error> why) {
  return write_outcome{state, job.operation, resource_name(job.type, id), std::move(why)};
}

error refusal_of(const error& why) {
  const bool differs = why == make_error_code(store::errc::content_differs);
  return error(make_error_code(differs ? errc::conflict : errc::ledger_unavailable)).caused_by(why);
}

// Repeatable are only attempts that came to nothing.
constexpr auto repeat_of_creates = planted_defects::blind_retry_of_creates
                                       ? resilience::retry_class::idempotent
                                       : resilience::retry_class::non_idempotent;

}  // namespace

writes::writes(runtime::runtime& rt, pipeline& through, audit_trail& audit, announcer& told, lifecycle& life,
               store::ledger& ledger, write_options options)
    : runtime_(rt),
      pipeline_(through),
      audit_(audit),
      life_(life),
      records_(rt, ledger, told, life),
      identifier_system_(std::move(options.identifier_system)),
      review_after_(options.review_after) {}

result<> writes::prepare(write_request& who) {
  if (life_.stopping()) return fail(errc::stopped);
  if (under_way_.size() >= max_under_way) return fail(errc::overloaded, "too many writes are under way");
  if (who.operation.empty()) who.operation = pipeline_.make_operation_id();
  if (!who.deadline) who.deadline = runtime_.now() + pipeline_.profile().deadline;
  return {};
}

runtime::task<result<write_outcome>> writes::order_lab(lab_order order) {
  if (auto ready = prepare(order.who); !ready) co_return fail(std::move(ready.error()));
  auto content = content_of(order, identifier_system_, runtime_.wall());
  if (!content) co_return fail(std::move(content.error()));
  co_return co_await submit(std::move(order.who), std::move(*content));
}

runtime::task<result<write_outcome>> writes::file_note(note what) {
  if (auto ready = prepare(what.who); !ready) co_return fail(std::move(ready.error()));
  auto content = content_of(what, identifier_system_, runtime_.wall());
  if (!content) co_return fail(std::move(content.error()));
  co_return co_await submit(std::move(what.who), std::move(*content));
}

runtime::task<result<write_outcome>> writes::submit(write_request who, write_content content) {
  const instant deadline = *who.deadline;
  if (const auto found = under_way_.find(who.operation); found != under_way_.end()) {
    job_ptr other = found->second;
    if (other->sha256 != content.sha256) co_return fail(errc::conflict);
    co_return co_await await_outcome(std::move(other), deadline);
  }
  auto message = pipeline_.build().create(content.resource);
  if (!message)
    co_return fail(error(make_error_code(errc::invalid_argument)).caused_by(std::move(message.error())));
  auto job = std::make_shared<write_job>(runtime_);
  job->operation = std::move(who.operation);
  job->kind = content.kind;
  job->type = std::move(content.type);
  job->patient = std::move(who.patient);
  job->sha256 = std::move(content.sha256);
  job->user = std::move(who.user);
  job->pseudonym = audit_.pseudonym(job->patient);
  job->deadline = deadline;
  job->message = std::move(*message);
  under_way_.emplace(job->operation, job);
  life_.start_write("epic.write", carry(job));
  co_return co_await await_outcome(std::move(job), deadline);
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
  co_return outcome_of(*job, write_state::unknown, {}, error(make_error_code(errc::deadline)));
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
  if (planned) co_await send(job);
  co_await audit_.settled();  // nobody is told of an outcome that a crash could still take out of the log
  under_way_.erase(job->operation);
  job->over = true;
  job->changed.notify_all();
}

runtime::task<bool> writes::plan(job_ptr job) {
  auto planned = co_await records_.plan(job);
  if (planned) co_return true;
  const audit_trail::who by{job->user, job->pseudonym};
  if (planned.error() == make_error_code(store::errc::exists)) {
    auto row = co_await records_.find(job->operation);
    if (row) {
      const std::string stands(store::name_of(row->state));
      job->outcome = outcome_of(*job, to_outcome(row->state), row->resource_id, std::nullopt);
      if (row->state != store::write_state::written) {
        job->outcome->why = error(make_error_code(errc::conflict), "asked for before: " + stands);
      }
      (void)audit_.outcome(audited_write, job->operation, by, "EXISTS");
      co_return false;
    }
    planned = fail(std::move(row.error()));
  }
  job->refused = refusal_of(planned.error());
  (void)audit_.outcome(audited_failed_write, job->operation, by, "REFUSED");
  co_return false;
}

runtime::task<> writes::send(job_ptr job) {
  auto& breaker = pipeline_.guard(resilience::endpoint_class::write).breaker();
  if (const auto rejected = breaker.peek(runtime_.now())) {
    verdict held_back{store::write_state::not_sent,
                      {},
                      name_of(failure_cause::circuit_open),
                      refused_by(*rejected).to_error()};
    co_await settle(std::move(job), std::move(held_back));
    co_return;
  }
  auto posted = std::make_shared<flight<call_result>>(runtime_);
  life_.start_call("epic.post", fly_post(job, posted));
  const bool landed = co_await wait_for(posted, runtime::never);
  EPICENTER_CHECK(landed, "a write was cancelled while its request was under way");
  auto reached = judge(*posted->outcome, job->type);
  if (reached.state == store::write_state::unknown) {
    co_await doubt(std::move(job), std::move(reached));
  } else {
    co_await settle(std::move(job), std::move(reached));
  }
}

runtime::task<> writes::fly_post(job_ptr job, std::shared_ptr<flight<call_result>> mine) {
  write_hooks hooks(records_, job);
  call asked;
  asked.endpoint = resilience::endpoint_class::write;
  asked.repeat = repeat_of_creates;
  asked.operation = job->operation;
  asked.message = job->message;
  asked.user = job->user;
  asked.patient = job->pseudonym;
  asked.deadline = job->deadline;
  asked.hooks = &hooks;
  auto ended = co_await pipeline_.run(std::move(asked));
  mine->land(std::move(ended));
}

writes::verdict writes::judge(const call_result& ended, const std::string& type) {
  constexpr std::string_view no_id = "no_usable_id";
  const error unnamed(make_error_code(errc::protocol), "Epic took the write and did not say where it is");
  if (ended) {
    if (const auto* made = std::get_if<fhir::created>(&ended->content)) {
      if (made->where && made->where->type == type)
        return {store::write_state::written, made->where->id, "created", {}};
    } else if (const auto* read = std::get_if<fhir::resource>(&ended->content)) {
      const std::string id(fhir::id_of(read->content));
      if (fhir::type_of(read->content) == type && fhir::is_id(id))
        return {store::write_state::written, id, "created", {}};
    }
    return {store::write_state::unknown, {}, no_id, unnamed};
  }
  const call_failure& why = ended.error();
  const auto reason = name_of(why.cause);
  if (why.maybe_processed || why.status >= 500)
    return {store::write_state::unknown, {}, reason, why.to_error()};
  if (why.status == 0 || why.status == 401 || why.status == 425 || why.status == 429) {
    return {store::write_state::not_sent, {}, reason, why.to_error()};
  }
  if (why.status < 400) return {store::write_state::unknown, {}, no_id, unnamed};
  return {store::write_state::rejected, {}, reason, why.to_error()};
}

runtime::task<> writes::settle(job_ptr job, verdict reached) {
  // Where the ledger fails the row stays open, and the next start finds out again what is known here.
  (void)co_await records_.settle(job, reached.state, reached.id, reached.reason);
  finish(job, std::move(reached));
}

void writes::finish(const job_ptr& job, verdict reached) {
  const bool good = reached.state == store::write_state::written;
  const audit_trail::who by{job->user, job->pseudonym};
  (void)audit_.outcome(good ? audited_write : audited_failed_write, job->operation, by,
                       std::string(store::name_of(reached.state)));
  job->outcome = outcome_of(*job, to_outcome(reached.state), reached.id, std::move(reached.why));
}

}  // namespace epicenter::epic
