#include <epicenter/base/check.hpp>
#include <epicenter/operations/upkeep.hpp>
#include <epicenter/operations/upkeep_schedule.hpp>

namespace epicenter::operations {
namespace {

bool is_back_up(upkeep_job job) {
  return job == upkeep_job::ledger_back_up || job == upkeep_job::audit_back_up;
}

tl::unexpected<error> out_of_range(std::string detail) {
  return fail(errc::invalid_option, std::move(detail));
}

result<> check_periods(const upkeep_options& of) {
  for (const duration every : {of.back_up_every, of.verify_every, of.purge_every}) {
    if (every == duration{}) continue;
    if (every < 1min || every > 31 * 24h) return out_of_range("a period is 0 or 1 minute to 31 days");
    if (of.jitter < duration{} || of.jitter > every / 2) {
      return out_of_range("jitter is 0 to half the shortest period");
    }
  }
  if (of.at < duration{} || of.at >= 24h) return out_of_range("at is a time of day");
  if (of.first_pause < 1s || of.first_pause > of.max_pause || of.max_pause > 24h) {
    return out_of_range("first_pause is at least 1 s, max_pause not below it and at most 24 h");
  }
  return {};
}

result<> check(const upkeep_options& of, const upkeep_stores& stores) {
  if (stores.ledger == nullptr && stores.audit == nullptr) return out_of_range("no store to keep");
  if (auto good = check_periods(of); !good) return good;
  if (of.back_up_every != duration{} && of.folder.empty()) return out_of_range("back-ups need a folder");
  if (of.copies < 1 || of.copies > 1000) return out_of_range("copies is 1 to 1000");
  if (of.retention < std::chrono::years(1) || of.retention > std::chrono::years(100)) {
    return out_of_range("retention is 1 to 100 years");
  }
  if (of.actor.empty()) return out_of_range("a purge needs an actor");
  const bool verifies = stores.audit != nullptr && of.verify_every != duration{};
  if (!verifies && (!of.heads_path.empty() || !of.trusted.empty())) {
    return out_of_range("heads and keys are for a log that is verified");
  }
  return {};
}

}  // namespace

/// Somebody who waits for one run.
struct upkeep::request {
  explicit request(runtime::runtime& rt) : there(rt) {}
  runtime::event there;
  std::optional<result<upkeep_ran>> answer;
};

result<std::unique_ptr<upkeep>> upkeep::make(runtime::runtime& rt, upkeep_stores stores,
                                             upkeep_options options, upkeep_observer observer) {
  if (auto good = check(options, stores); !good) return fail(std::move(good.error()));
  return std::unique_ptr<upkeep>(new upkeep(rt, stores, std::move(options), std::move(observer)));
}

upkeep::upkeep(runtime::runtime& rt, upkeep_stores stores, upkeep_options options, upkeep_observer observer)
    : runtime_(rt),
      stores_(stores),
      options_(std::move(options)),
      observer_(std::move(observer)),
      random_(rt.random("operations.upkeep")),
      spread_seed_(random_.next()),
      wake_(rt),
      tasks_(rt) {
  const bool ledger = stores_.ledger != nullptr;
  const bool audit = stores_.audit != nullptr;
  add(upkeep_job::ledger_back_up, ledger, options_.back_up_every);
  add(upkeep_job::audit_back_up, audit, options_.back_up_every);
  add(upkeep_job::audit_verify, audit, options_.verify_every);
  add(upkeep_job::audit_purge, audit, options_.purge_every);
  add(upkeep_job::ledger_purge, ledger, options_.purge_every);
}

void upkeep::add(upkeep_job job, bool wanted, duration every) {
  if (!wanted || every == duration{}) return;
  job_state made;
  made.told.job = job;
  made.every = every;
  jobs_.push_back(std::move(made));
}

void upkeep::start() {
  EPICENTER_CHECK(!going_, "an upkeep is started once");
  going_ = true;
  const instant first = runtime_.now() + random_.between(duration{}, options_.jitter);
  for (auto& one : jobs_) {
    one.due = first;
    one.good_since = runtime_.now();
  }
  tasks_.spawn("operations.upkeep", keep_up());
}

runtime::task<> upkeep::keep_up() {
  co_await look_at_copies();
  while (!jobs_.empty()) {
    const bool cancelled = co_await runtime::is_cancelled();
    if (cancelled) break;
    job_state& next = next_due();
    if (next.due <= runtime_.now()) {
      co_await run(next);
    } else {
      auto woken = co_await wake_.wait(next.due);
      (void)woken;
    }
  }
  dismiss_all();
}

upkeep::job_state& upkeep::next_due() {
  const auto earlier = [](const job_state& a, const job_state& b) { return a.due < b.due; };
  return *std::min_element(jobs_.begin(), jobs_.end(), earlier);
}

// What cannot be read has no copies: the back-up that follows tells why.
runtime::task<> upkeep::look_at_copies() {
  for (auto& one : jobs_) {
    if (!is_back_up(one.told.job)) continue;
    const wall_time now = runtime_.wall();
    auto looking = runtime::blocking(runtime_, [of = copies_of(one.told.job)] { return of.list(); });
    auto all = co_await std::move(looking);
    if (!all) continue;
    std::erase_if(*all, [now](const kept_copy& copy) { return copy.made > now; });
    if (all->empty()) continue;
    const wall_time made = all->back().made;
    one.told.last_success = made;
    one.good_since = runtime_.now() - (now - made);
    const bool of_this_period = made >= period_begin(now, one.every, options_.at);
    if (of_this_period && one.asked.empty()) one.due = next_period(one);
  }
}

// Drawn once for the beginning of a period: jobs that begin it together run in their order.
instant upkeep::next_period(const job_state& job) const {
  const wall_time now = runtime_.wall();
  const wall_time begin = period_begin(now, job.every, options_.at) + job.every;
  const auto number = static_cast<std::uint64_t>(begin.time_since_epoch().count());
  runtime::random_stream draw(runtime::derive_seed(spread_seed_, number));
  return runtime_.now() + (begin - now) + draw.between(duration{}, options_.jitter);
}

runtime::task<> upkeep::run(job_state& job) {
  const auto asked = std::exchange(job.asked, {});
  const instant begun = runtime_.now();
  job.told.running = true;
  auto done = co_await work_on(job);
  job.told.running = false;
  const bool cancelled = co_await runtime::is_cancelled();
  // Work that was given up on the way to the end of the process is no failure.
  if (cancelled && !done) {
    for (const auto& one : asked) {
      one->answer = fail(errc::stopped);
      one->there.notify_all();
    }
    co_return;
  }
  upkeep_ran ran = note(job, done);
  ran.took = runtime_.now() - begun;
  plan_next(job, ran);
  ran.next_in = job.due - runtime_.now();
  for (const auto& one : asked) {
    one->answer = ran;
    one->there.notify_all();
  }
  if (observer_) observer_(ran);
}

upkeep_ran upkeep::note(job_state& job, const result<work_done>& done) {
  upkeep_ran ran;
  ran.job = job.told.job;
  if (!done) {
    ran.end = upkeep_end::failed;
    ran.detail = done.error().message();
    ++job.told.failed;
    ++job.told.failures_in_a_row;
    job.told.last_failure = ran.detail;
  } else if (done->alarm) {
    ran.end = upkeep_end::alarm;
    ran.detail = done->detail;
    ++job.told.alarms;
    job.told.failures_in_a_row = 0;
    job.told.last_failure = ran.detail;
  } else {
    ran.detail = done->detail;
    ++job.told.succeeded;
    job.told.failures_in_a_row = 0;
    job.told.last_failure.clear();
    job.told.last_success = runtime_.wall();
    job.good_since = runtime_.now();
  }
  ran.failures_in_a_row = job.told.failures_in_a_row;
  return ran;
}

void upkeep::plan_next(job_state& job, const upkeep_ran& ran) {
  const instant now = runtime_.now();
  if (!job.asked.empty()) {
    job.due = now;
  } else if (ran.end == upkeep_end::failed) {
    const duration most = std::min(options_.max_pause, job.every);
    const duration pause = growing_pause(ran.failures_in_a_row, options_.first_pause, most);
    job.due = now + pause + random_.between(duration{}, pause / 4);
  } else {
    job.due = next_period(job);
  }
}

runtime::task<result<upkeep_ran>> upkeep::run_now(upkeep_job wanted) {
  const auto is_wanted = [wanted](const job_state& one) { return one.told.job == wanted; };
  const auto job = std::find_if(jobs_.begin(), jobs_.end(), is_wanted);
  if (job == jobs_.end()) co_return fail(errc::no_such_job, std::string(name_of(wanted)));
  if (!going_) co_return fail(errc::stopped);
  const auto mine = std::make_shared<request>(runtime_);
  job->asked.push_back(mine);
  job->due = std::min(job->due, runtime_.now());
  wake_.notify_all();
  while (!mine->answer) {
    auto woken = co_await mine->there.wait(runtime::never);
    if (!woken && !mine->answer) co_return fail(errc::cancelled);
  }
  co_return std::move(*mine->answer);
}

void upkeep::dismiss_all() {
  going_ = false;
  for (auto& job : jobs_) {
    for (const auto& one : std::exchange(job.asked, {})) {
      one->answer = fail(errc::stopped);
      one->there.notify_all();
    }
  }
}

runtime::task<> upkeep::stop() {
  going_ = false;
  tasks_.cancel();
  co_await tasks_.join();
}

upkeep_report upkeep::report() const {
  upkeep_report made;
  for (const auto& one : jobs_) {
    made.jobs.push_back(one.told);
    made.jobs.back().overdue = runtime_.now() - one.good_since > 2 * one.every + options_.jitter;
  }
  made.chain_intact = chain_intact_;
  made.chain_flaw = chain_flaw_;
  return made;
}

}  // namespace epicenter::operations
