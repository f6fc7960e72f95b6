// An application around the adapter, to be ended by signals: what it does is the first word of its command
// line. It tells each step, a line each.
#include <poll.h>

#include <cstdio>
#include <cstdlib>
#include <epicenter/operations/application.hpp>
#include <map>
#include <stdexcept>

namespace epicenter::clinic {
namespace {

using operations::application;

struct words {
  std::string patient;
  std::string encounter;
  std::string operation;
};

void tell(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

epic::lab_order order_of(words said) {
  epic::lab_order made;
  made.who.operation = std::move(said.operation);
  made.who.patient = std::move(said.patient);
  made.who.encounter = std::move(said.encounter);
  made.who.user = "clinic";
  made.loinc = "58410-2";
  made.display = "CBC panel - Blood by Automated count";
  return made;
}

/// The body of a program that has one thing to do, and somebody to tell of it.
runtime::task<int> order(application& app, words said) {
  tell("ordering");
  const auto placed = co_await app.adapter.order_lab(order_of(std::move(said)));
  const auto passed_on = co_await runtime::sleep_for(app.rt, 20ms);
  if (!passed_on) co_return 1;
  tell("order " + (placed ? std::string(name_of(placed->state)) : placed.error().message()));
  co_return 0;
}

/// The body of a program that serves others.
runtime::task<int> serve(application& app, words said) {
  tell("serving");
  co_await app.until_ending();
  const auto late = co_await app.adapter.order_lab(order_of(std::move(said)));
  const bool refused = !late && late.error() == make_error_code(epic::errc::stopped);
  tell(refused ? "refused" : "taken");
  // The adapter ends beside this.
  for (int i = 0; i != 50 && app.adapter.held_resources() != 0; ++i)
    (void)co_await runtime::sleep_for(app.rt, 10ms);
  tell("held " + std::to_string(app.adapter.held_resources()));
  co_return 0;
}

/// One that asks for nothing and listens to nobody.
runtime::task<int> sleep(application& app, words) {
  tell("sleeping");
  const auto slept = co_await runtime::sleep_for(app.rt, 1h);
  tell(slept ? "slept" : "cut");
  co_return 0;
}

runtime::task<int> look(application& app, words) {
  tell("looking");
  const bool settled = co_await app.adapter.drain(app.rt.now() + 60s);
  tell(settled ? "settled" : "not settled");
  co_return settled ? 0 : 1;
}

/// The loop never gets a turn again.
runtime::task<int> hang(application&, words) {
  tell("hanging");
  for (;;) (void)::poll(nullptr, 0, 1000);
}

runtime::task<int> fail(application&, words) {
  throw std::runtime_error("no beds left");
  co_return 0;
}

runtime::task<> fail_alone() {
  throw std::runtime_error("nobody joins this");
  co_return;
}

runtime::task<int> fail_elsewhere(application& app, words) {
  runtime::spawn(app.rt, "orphan", fail_alone());
  co_await app.until_ending();
  co_return 0;
}

runtime::task<> never_end(runtime::runtime& rt) {
  (void)co_await runtime::sleep_for(rt, 1h);
}

runtime::task<int> leave_work_behind(application& app, words) {
  runtime::spawn(app.rt, "orphan", never_end(app.rt));
  co_return 5;
}

/// Tells a standard output that perhaps nobody reads.
runtime::task<int> chatter(application& app, words) {
  for (int i = 0; i < 30; ++i) {
    tell("and on");
    (void)co_await runtime::sleep_for(app.rt, 5ms);
  }
  co_return 7;
}

using body_function = runtime::task<int> (*)(application&, words);
const std::map<std::string, body_function> bodies{
    {"order", order},
    {"serve", serve},
    {"sleep", sleep},
    {"look", look},
    {"hang", hang},
    {"fail", fail},
    {"fail_elsewhere", fail_elsewhere},
    {"leave_work_behind", leave_work_behind},
    {"chatter", chatter},
};

int run(body_function body, const words& said, const std::string& grace_ms) {
  operations::application_options options;
  options.grace = std::chrono::milliseconds(std::strtoll(grace_ms.c_str(), nullptr, 10));
  options.linger = 300ms;
  const auto folder = process_environment()("EPICENTER_DATA");
  if (folder) options.logs.audit_log = *folder + ".log";
  return operations::run_application(process_environment(), std::move(options),
                                     [&](application& app) { return body(app, said); });
}

}  // namespace
}  // namespace epicenter::clinic

int main(int argc, char** argv) {
  using namespace epicenter::clinic;
  const auto chosen = argc == 6 ? bodies.find(argv[1]) : bodies.end();
  if (chosen == bodies.end())
    return std::fputs("Usage: clinic BODY GRACE-MS PATIENT ENCOUNTER OPERATION\n", stderr), 64;
  return run(chosen->second, {argv[3], argv[4], argv[5]}, argv[2]);
}
