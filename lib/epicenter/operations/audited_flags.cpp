#include <algorithm>
#include <epicenter/audit/event_types.hpp>
#include <epicenter/base/ids.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/operations/audited_flags.hpp>
#include <mutex>

namespace epicenter::operations {
namespace {

using policy::change_origin;
using policy::policy_change;

bool same(const change_origin& a, const change_origin& b) {
  return a.actor == b.actor && a.reason == b.reason && a.at == b.at;
}

bool same(const policy_change& a, const policy_change& b) {
  return a.flag == b.flag && a.what.aspect == b.what.aspect && a.what.user == b.what.user &&
         a.what.before == b.what.before && a.what.after == b.what.after && same(a.origin, b.origin);
}

std::string details_of(const std::vector<policy_change>& planned) {
  json::array all;
  for (const auto& one : planned) {
    json::object line{{"flag", one.flag}, {"aspect", one.what.aspect}};
    if (!one.what.user.empty()) line.set("user", one.what.user);
    line.set("before", one.what.before);
    line.set("after", one.what.after);
    all.emplace_back(std::move(line));
  }
  json::object made{{"reason", planned.front().origin.reason}};
  made.set("changes", std::move(all));
  return json::write(json::value(std::move(made)));
}

tl::unexpected<error> not_audited(error why) {
  return fail(error(make_error_code(policy::errc::not_audited)).caused_by(std::move(why)));
}

}  // namespace

/// What stands between the service and its settings. Asked on the threads that apply.
struct audited_flags::gate {
  result<> ask(std::span<const policy_change> batch) {
    const std::lock_guard lock(guard);
    if (rehearsing && same(batch.front().origin, *rehearsing)) {
      seen = changes(batch.begin(), batch.end());
      return fail(errc::past_the_log, "a rehearsal");
    }
    const auto equal = [](const policy_change& a, const policy_change& b) { return same(a, b); };
    if (audited && std::equal(batch.begin(), batch.end(), audited->begin(), audited->end(), equal)) {
      audited.reset();
      return {};
    }
    return fail(errc::past_the_log);
  }

  std::mutex guard;
  std::optional<change_origin> rehearsing;
  std::optional<changes> seen;
  std::optional<changes> audited;  // let through once
};

struct audited_flags::job {
  job(runtime::runtime& rt, std::vector<policy::update> what, change_origin by)
      : updates(std::move(what)), origin(std::move(by)), ended(rt) {}
  std::vector<policy::update> updates;
  change_origin origin;
  runtime::event ended;
  std::optional<result<changes>> answer;
  bool given_up = false;
};

result<std::unique_ptr<audited_flags>> audited_flags::open(runtime::runtime& rt, audit::log& log,
                                                           audited_flags_options options) {
  auto between = std::make_shared<gate>();
  policy::service_options made;
  made.path = std::move(options.path);
  made.observer = [between](std::span<const policy_change> batch) { return between->ask(batch); };
  made.additional = std::move(options.additional);
  auto opened = policy::service::open(std::move(made));
  if (!opened) return fail(std::move(opened.error()));
  return std::unique_ptr<audited_flags>(
      new audited_flags(rt, log, std::move(between), std::shared_ptr<policy::service>(std::move(*opened))));
}

audited_flags::audited_flags(runtime::runtime& rt, audit::log& log, std::shared_ptr<gate> between,
                             std::shared_ptr<policy::service> service)
    : runtime_(rt),
      log_(log),
      gate_(std::move(between)),
      service_(std::move(service)),
      outbox_(rt, log),
      ids_(rt.random("operations.audited_flags")),
      tasks_(rt) {}

runtime::task<result<audited_flags::changes>> audited_flags::change(std::vector<policy::update> updates,
                                                                    change_origin origin) {
  if (stopped_) co_return fail(errc::stopped);
  if (waiting_.size() >= max_waiting) co_return fail(errc::too_many_wait, "changes of flags");
  if (origin.at == wall_time{}) origin.at = runtime_.wall();
  const auto mine = std::make_shared<job>(runtime_, std::move(updates), std::move(origin));
  waiting_.push_back(mine);
  if (!working_) {
    working_ = true;
    tasks_.spawn("operations.audited_flags", work());
  }
  // Only the job is touched from here on: this object may be gone when a cancelled caller wakes.
  while (!mine->answer) {
    auto woken = co_await mine->ended.wait(runtime::never);
    if (woken || mine->answer) continue;
    mine->given_up = true;
    co_return fail(errc::cancelled, "the audit log tells whether it was carried out");
  }
  co_return std::move(*mine->answer);
}

runtime::task<> audited_flags::work() {
  while (!waiting_.empty()) {
    const job_ptr mine = std::move(waiting_.front());
    waiting_.pop_front();
    if (stopped_) {
      mine->answer = fail(errc::stopped);
    } else {
      auto answer = co_await carry_out(mine);
      mine->answer.emplace(std::move(answer));
    }
    mine->ended.notify_all();
  }
  working_ = false;
}

runtime::task<result<audited_flags::changes>> audited_flags::carry_out(job_ptr mine) {
  if (mine->given_up) co_return fail(errc::cancelled);
  auto planned = co_await rehearse(mine);
  if (!planned || planned->empty()) co_return planned;
  auto paid = co_await outbox_.flush();
  if (!paid) co_return not_audited(std::move(paid.error()));
  if (mine->given_up) co_return fail(errc::cancelled);
  const std::string subject = make_uuid(ids_.next(), ids_.next());
  auto recorded = co_await record_intent(mine, subject, *planned);
  if (!recorded) co_return not_audited(std::move(recorded.error()));
  auto applied = co_await apply(mine, *planned);
  std::string outcome = "in_effect";
  if (!applied) outcome = "refused: " + applied.error().message();
  co_await record_outcome(mine, subject, std::move(outcome));
  co_return applied;
}

runtime::task<result<>> audited_flags::record_intent(job_ptr mine, std::string subject,
                                                     const changes& planned) {
  audit::entry intent;
  intent.at = runtime_.wall();
  intent.stage = audit::stage::intent;
  intent.type = audit::event::policy_changed;
  intent.subject = std::move(subject);
  intent.user = mine->origin.actor;
  intent.details = details_of(planned);
  auto appended = co_await log_.append(std::move(intent));
  if (!appended) co_return fail(std::move(appended.error()));
  co_return result<>();
}

runtime::task<> audited_flags::record_outcome(job_ptr mine, std::string subject, std::string outcome) {
  audit::entry told;
  told.at = runtime_.wall();
  told.stage = audit::stage::outcome;
  told.type = audit::event::policy_changed;
  told.subject = std::move(subject);
  told.user = mine->origin.actor;
  told.result = std::move(outcome);
  outbox_.put(std::move(told));
  // Refused, it is owed; what is in effect is in effect.
  auto handed_over = co_await outbox_.flush();
  (void)handed_over;
}

// What the service would do, found out by the service itself: all its checks, and the disk, before anybody
// reads in the audit log of a change that could not be.
runtime::task<result<audited_flags::changes>> audited_flags::rehearse(job_ptr mine) const {
  return runtime::blocking(runtime_, [mine, between = gate_, to = service_]() -> result<changes> {
    {
      const std::lock_guard lock(between->guard);
      between->rehearsing = mine->origin;
      between->seen.reset();
    }
    auto tried = to->apply(mine->updates, mine->origin);
    const std::lock_guard lock(between->guard);
    between->rehearsing.reset();
    const bool reached_the_gate = !tried && tried.error() == make_error_code(policy::errc::not_audited);
    if (reached_the_gate && between->seen) return std::move(*std::exchange(between->seen, std::nullopt));
    return tried;
  });
}

runtime::task<result<audited_flags::changes>> audited_flags::apply(job_ptr mine, changes audited) const {
  return runtime::blocking(
      runtime_,
      [mine, audited = std::move(audited), between = gate_, to = service_]() mutable -> result<changes> {
        {
          const std::lock_guard lock(between->guard);
          between->audited = std::move(audited);
        }
        auto applied = to->apply(mine->updates, mine->origin);
        const std::lock_guard lock(between->guard);
        between->audited.reset();
        return applied;
      });
}

runtime::task<> audited_flags::stop() {
  stopped_ = true;
  co_await tasks_.join();
  auto handed_over = co_await outbox_.flush();
  (void)handed_over;
}

}  // namespace epicenter::operations
