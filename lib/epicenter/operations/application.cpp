#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <epicenter/operations/application_life.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/real/signal_watch.hpp>
#include <epicenter/runtime/real/wall_clock.hpp>

namespace epicenter::operations {
namespace {

int refuse(const error& why) {
  std::fprintf(stderr, "%s\n", why.message().c_str());
  return application_exit::bad_settings;
}

// The adapter has tasks that nobody can join any more. What they have sent is in the ledger.
[[noreturn]] void give_up(const char* why) {
  std::fprintf(stderr, "the application failed: %s\n", why);
  std::fflush(nullptr);
  std::_Exit(application_exit::broken);
}

void run_to_end(runtime::real_runtime& rt) {
  try {
    rt.run();
  } catch (const std::exception& thrown) {
    give_up(thrown.what());
  } catch (...) {
    give_up("something was thrown that is no exception");
  }
}

runtime::task<> live(runtime::real_runtime& rt, application_life& life, runtime::task<result<int>> signal) {
  co_await life.live(std::move(signal));
  rt.stop();  // whatever the body has left behind
}

}  // namespace

int run_application(const environment& from, application_options options, application_body body) {
  runtime::ignore_broken_pipes();
  runtime::real_runtime rt;
  auto signal = runtime::wait_for_signal(rt, {SIGTERM, SIGINT});
  const auto wanted = epic::settings_from(from);
  if (!wanted) return refuse(wanted.error());
  if (!options.logs.wall) options.logs.wall = runtime::system_time;
  observability observed(rt, options.logs);
  auto opened = epic::open_adapter(rt, *wanted, observed.observer(wanted->client.base_url.to_string()));
  if (!opened) return refuse(opened.error());
  application_life life(rt, *opened, observed, std::move(options), std::move(body));
  runtime::spawn(rt, "application", live(rt, life, std::move(signal)));
  run_to_end(rt);
  return life.exit_code();
}

}  // namespace epicenter::operations
