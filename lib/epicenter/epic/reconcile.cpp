// Writes of which nobody knows: searched for by their identifier, else by what they say, and sent again only
// where a search proves that they are not there.
#include <algorithm>
#include <array>
#include <epicenter/epic/planted_defects.hpp>
#include <epicenter/epic/write_match.hpp>
#include <epicenter/epic/writes.hpp>
#include <set>

namespace epicenter::epic {
namespace {

// Reference: epic, section 4.2. A miss proves nothing before Epic's longest processing time and index lag
// have passed; after that two are needed.
constexpr std::array<int, 4> search_at_fraction{45, 9, 3, 1};  // of review_after: 2, 10, 30, 90 s
constexpr int misses_needed = 2;
constexpr duration between_late_searches = 10s;
constexpr duration least_before_giving_up = 5min;
constexpr duration first_backoff = 1s;
constexpr duration max_backoff = 10s;
constexpr duration search_time = 10s;
// Room for the pages of a search.
constexpr std::uint32_t numbers_of_a_search = 100;

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

// What Epic lets be searched for without an identifier (reference: epic, section 2.4).
http::parameters fingerprint_search(const json::value& sent, const std::string& patient) {
  http::parameters wanted{{"patient", patient}};
  const auto type = fhir::type_of(sent);
  if (type == "Condition") wanted.emplace_back("category", "problem-list-item");
  if (type == "Observation") {
    std::string code(sent.string_at("code.coding.0.system"));
    code += '|';
    code += sent.string_at("code.coding.0.code");
    wanted.emplace_back("code", std::move(code));
  }
  return wanted;
}

bool is_filed_by(const json::value& resource, const std::string& system, const std::string& operation) {
  return fhir::identifier_of(resource, system) == operation;
}

}  // namespace

runtime::task<writes::verdict> writes::doubt(job_ptr job, verdict reached) {
  (void)co_await records_.settle(job, store::write_state::unknown, {}, reached.reason);
  job->outcome = write_outcome{write_state::unknown, job->operation, {}, reached.why};
  job->in_doubt = true;
  job->changed.notify_all();
  if (planted_defects::ledger_off) co_return reached;
  co_return co_await reconcile(std::move(job));
}

// UNKNOWN where the adapter stops: the row stays so for the next start. PLANNED where it may be sent again.
runtime::task<writes::verdict> writes::reconcile(job_ptr job) {
  const instant since = runtime_.now();
  const duration review_after = options_.review_after;
  const duration give_up_after = std::max<duration>(least_before_giving_up, 2 * review_after);
  // What Epic calls a duplicate needs no time to be indexed.
  instant due = job->already_there ? since : next_search(since, since, review_after);
  duration backoff = first_backoff;
  int misses = 0;
  for (;;) {
    const bool slept = co_await life_.sleep_until(due);
    if (!slept) break;
    const sighting seen = co_await look(job);
    const instant now = runtime_.now();
    if (seen.found > 0) {
      verdict reached;
      reached.state = seen.found == 1 ? store::write_state::written : store::write_state::duplicate;
      reached.id = seen.id;
      reached.reason = seen.found == 1 ? "found" : "found_twice";
      if (seen.found > 1) reached.why = nobody_knows("filed more than once");
      co_return reached;
    }
    if (seen.complete) {
      if (now - since >= review_after) ++misses;
      backoff = first_backoff;
      due = next_search(since, now, review_after);
      if (misses >= misses_needed) co_return co_await give_up(job, "not_found");
    } else {
      due = now + backoff;
      backoff = std::min(2 * backoff, max_backoff);
    }
    if (due - since > give_up_after) co_return co_await give_up(job, "no_complete_search");
  }
  const audit_trail::who by{job->user, job->pseudonym};
  audit_.outcome(audited_failed_write, job->operation, by, "UNKNOWN");
  verdict open;
  co_return open;
}

runtime::task<writes::verdict> writes::give_up(job_ptr job, std::string_view reason) {
  const bool missing = reason == "not_found";
  if (missing && may_resend(*job)) {
    const bool recorded = co_await records_.settle(job, store::write_state::planned, {}, "not_there");
    if (recorded) {
      job->resent = true;
      job->deadline = runtime_.now() + pipeline_.profile().deadline;
      verdict again;
      again.state = store::write_state::planned;
      co_return again;
    }
  }
  verdict reached;
  reached.state = store::write_state::needs_review;
  // In the tank it waits for a clinician, where no search sees it.
  const bool in_tank = missing && site_.profile.holding_tank.contains(job->type);
  reached.reason = in_tank ? std::string_view("not_found_yet") : reason;
  reached.why = nobody_knows(reached.reason);
  co_return reached;
}

bool writes::trusts_identifiers(const std::string& type) const {
  return site_.profile.identifiers_searchable.contains(type) && !site_.profile.holding_tank.contains(type);
}

// A miss proves something only where identifiers are kept and found. And nothing is sent behind the back of
// somebody who did not ask for that.
bool writes::may_resend(const write_job& job) const {
  const bool proves = planted_defects::resend_on_a_miss || trusts_identifiers(job.type);
  return proves && job.queue && !job.resent && !job.already_there && job.content &&
         runtime_.now() < job.send_by;
}

runtime::task<writes::sighting> writes::look(job_ptr job) {
  http::parameters by_identifier{{"patient", job->patient},
                                 {"identifier", options_.identifier_system + '|' + job->operation}};
  sighting seen;
  std::string_view how = "identifier";
  std::set<std::string, std::less<>> ids;
  auto named = co_await find(job, std::move(by_identifier));
  if (named) {
    seen.complete = !named->partial;
    for (const auto& one : named->resources) {
      if (is_filed_by(one, options_.identifier_system, job->operation)) ids.emplace(fhir::id_of(one));
    }
  }
  // Epic says itself that it is there: then one that says the same is enough.
  const bool recognised = job->already_there ? has_likeness(job->type)
                                             : has_fingerprint(job->type) && !trusts_identifiers(job->type);
  const bool by_content = job->content && recognised;
  if (ids.empty() && by_content) {
    how = "fingerprint";
    auto alike = co_await find(job, fingerprint_search(*job->content, job->patient));
    if (alike) {
      for (const auto& one : alike->resources) {
        if (looks_like(*job->content, one)) ids.emplace(fhir::id_of(one));
      }
      // Several that look alike may each be somebody else's: that tells nothing of this one.
      if (ids.size() > 1) ids.clear();
    }
  }
  seen.found = ids.size();
  if (!ids.empty()) seen.id = *ids.begin();
  store::search_made shown;
  shown.at = runtime_.wall();
  shown.complete = seen.complete;
  shown.found = static_cast<std::uint32_t>(seen.found);
  shown.how = how;
  co_await records_.note_search(job, std::move(shown));
  co_return seen;
}

runtime::task<std::optional<fetched>> writes::find(job_ptr job, http::parameters wanted) {
  auto searched = std::make_shared<flight<fetch_result>>(runtime_);
  life_.start_call("epic.reconcile", fly_search(job, std::move(wanted), searched));
  const bool landed = co_await wait_for(searched, runtime::never);
  if (!landed) co_return std::nullopt;
  fetch_result& got = *searched->outcome;
  if (got) co_return std::move(*got);
  if (got.error().why == make_error_code(errc::wrong_patient)) {
    told_.tell(events::safety_alarm{"wrong_patient", job->operation, known_type(job->kind), {}});
  }
  co_return std::nullopt;
}

runtime::task<> writes::fly_search(job_ptr job, http::parameters parameters,
                                   std::shared_ptr<flight<fetch_result>> mine) {
  fetch_origin from;
  from.purpose = call_purpose::reconcile;
  from.operation = job->operation;
  from.first_request = job->next_request;
  from.user = job->user;
  from.pseudonym = job->pseudonym;
  from.deadline = runtime_.now() + search_time;
  job->next_request += numbers_of_a_search;
  search wanted;
  wanted.type = job->type;
  wanted.patient = job->patient;
  wanted.parameters = std::move(parameters);
  auto got = co_await fetch_all(pipeline_, std::move(from), std::move(wanted));
  mine->land(std::move(got));
}

}  // namespace epicenter::epic
