#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <epicenter/operations/application_life.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/real/signal_watch.hpp>
#include <epicenter/runtime/real/wall_clock.hpp>

namespace epicenter::operations {
namespace {

constexpr const char* flags_variable = "EPICENTER_FLAGS";
constexpr const char* copies_variable = "EPICENTER_COPIES";

upkeep_options upkeep_of(upkeep_options given, const environment& from, const epic::settings& wanted) {
  if (given.folder.empty()) given.folder = from(copies_variable).value_or("");
  if (given.folder.empty()) given.back_up_every = {};
  if (given.heads_path.empty()) given.heads_path = wanted.audit_heads;
  return given;
}

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
  std::optional<epic::opened_adapter> opened;  // goes after all that uses its stores
  auto stores = epic::open_stores(rt, *wanted);
  if (!stores) return refuse(stores.error());
  auto flags = audited_flags::open(rt, *stores->audit, {from(flags_variable).value_or("")});
  if (!flags) return refuse(error(flags.error().code(), flags_variable).caused_by(std::move(flags.error())));
  circuit_audit circuits(rt, observed.stream(), *stores->audit);
  const upkeep_stores kept{stores->ledger.get(), stores->audit.get()};
  auto keeping = upkeep::make(rt, kept, upkeep_of(options.upkeep, from, *wanted), observed.upkeep_observer());
  if (!keeping) return refuse(keeping.error());
  auto with_adapter =
      epic::open_adapter(rt, *wanted, std::move(*stores),
                         observed.observer(wanted->client.base_url.to_string()), (*flags)->service());
  if (!with_adapter) return refuse(with_adapter.error());
  opened.emplace(std::move(*with_adapter));
  const application_parts parts{*opened, observed, **flags, circuits, **keeping};
  application_life life(rt, parts, std::move(options), std::move(body));
  runtime::spawn(rt, "application", live(rt, life, std::move(signal)));
  run_to_end(rt);
  return life.exit_code();
}

}  // namespace epicenter::operations
