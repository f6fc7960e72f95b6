#include <algorithm>
#include <cstdio>
#include <epicenter/audit/event_types.hpp>
#include <epicenter/base/ids.hpp>
#include <epicenter/operations/application_life.hpp>

namespace epicenter::operations {
namespace {

constexpr duration time_for_logs = 1s;

std::string new_id(const runtime::runtime& rt) {
  auto random = rt.random("operations.application");
  const std::uint64_t high = random.next();
  return make_uuid(high, random.next());
}

void complain(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
}

}  // namespace

runtime::task<> application::until_ending() {
  while (!ending_) {
    auto woken = co_await end_.wait(runtime::never);
    if (!woken) co_return;
  }
}

application_life::application_life(runtime::runtime& rt, application_parts parts, application_options options,
                                   application_body body)
    : rt_(rt),
      parts_(parts),
      app_(rt, *parts.opened.epic, parts.observed, parts.flags, parts.upkeep),
      options_(std::move(options)),
      body_(std::move(body)),
      id_(new_id(rt)),
      changed_(rt),
      watching_(rt),
      acting_(rt) {}

int application_life::exit_code() const {
  return signal_ ? application_exit::signalled + *signal_ : code_;
}

runtime::task<> application_life::live(runtime::task<result<int>> signal) {
  watching_.spawn("application.signal", watch(std::move(signal)));
  for (const auto& warning : parts_.opened.warnings) complain(warning);
  co_await note(audit::stage::intent, {});
  parts_.upkeep.start();
  acting_.spawn("application.body", act());
  while (!signal_ && !acted_) (void)co_await changed_.wait(runtime::never);
  co_await end();
}

runtime::task<> application_life::watch(runtime::task<result<int>> signal) {
  const auto came = co_await std::move(signal);
  if (!came || acted_) co_return;
  signal_ = *came;
  changed_.notify_all();
}

runtime::task<> application_life::act() {
  auto taken_over = co_await app_.adapter.start();
  started_ = true;
  changed_.notify_all();
  if (taken_over && !signal_) co_await run_body();
  if (!taken_over && !signal_)
    complain("what an earlier process left cannot be taken over: " + taken_over.error().message());
  acted_ = true;
  changed_.notify_all();
}

runtime::task<> application_life::run_body() {
  code_ = application_exit::broken;
  try {
    code_ = co_await body_(app_);
  } catch (const std::exception& thrown) {
    complain(std::string("the application failed: ") + thrown.what());
  }
}

runtime::task<> application_life::end() {
  const instant deadline = rt_.now() + options_.grace;
  app_.ending_ = true;
  app_.end_.notify_all();
  co_await await_start(deadline);
  const duration left = deadline - rt_.now();
  co_await app_.adapter.stop(std::max(left, duration{}));
  const instant patience = rt_.now() + options_.linger;
  co_await await_body(patience);
  watching_.cancel();
  co_await watching_.join();
  co_await parts_.upkeep.stop();
  co_await parts_.flags.stop();
  (void)co_await parts_.circuits.flush();  // what the log refuses is lost with the process, and in its logs
  const std::string outcome = signal_ ? "signal " + std::to_string(*signal_) : std::to_string(code_);
  co_await note(audit::stage::outcome, outcome);
  const instant logs_by = rt_.now() + time_for_logs;
  (void)co_await app_.observed.flush(logs_by);
}

// What it takes over goes to the audit log too, so that it is not cut short without need: it asks Epic for
// nothing.
runtime::task<> application_life::await_start(instant deadline) {
  while (!started_) {
    auto woken = co_await changed_.wait(deadline);
    if (!woken) break;
  }
  if (started_) co_return;
  acting_.cancel();
  co_await acting_.join();
}

runtime::task<> application_life::await_body(instant deadline) {
  while (!acted_) {
    auto woken = co_await changed_.wait(deadline);
    if (!woken) break;
  }
  acting_.cancel();
  co_await acting_.join();
}

// The log takes entries in their order: once this one is durable, so are all before it.
runtime::task<> application_life::note(audit::stage stage, std::string outcome) {
  audit::entry one;
  one.at = rt_.wall();
  one.stage = stage;
  one.type = audit::event::application;
  one.subject = id_;
  one.result = std::move(outcome);
  auto& log = *parts_.opened.stores.audit;
  auto noted = co_await log.append(std::move(one));
  if (!noted) complain("the audit log: " + noted.error().message());
  if (stage == audit::stage::intent) co_return;
  (void)co_await log.sign_head();  // where it has a key: nothing is left that could be cut off unseen
}

}  // namespace epicenter::operations
