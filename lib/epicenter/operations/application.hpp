// A program around the adapter: settings from its environment, and an end that accounts for every write.
#pragma once

#include <epicenter/base/environment.hpp>
#include <epicenter/epic/adapter.hpp>
#include <epicenter/operations/audited_flags.hpp>
#include <epicenter/operations/observability.hpp>
#include <epicenter/operations/upkeep.hpp>
#include <epicenter/runtime/task.hpp>
#include <functional>

namespace epicenter::operations {

struct application_options {
  /// What calls in flight get to end in once a signal has come. What kills the process in the end must wait
  /// longer: TimeoutStopSec of systemd (90 s), terminationGracePeriodSeconds of Kubernetes (30 s).
  duration grace = 10s;
  /// What the body gets after its last call to end by itself, before its other waits are cut.
  duration linger = 1s;
  /// The logs to keep, none by default. The clock that is watched is the system's, where no other is given.
  observability_options logs = {};
  /// How the stores are kept; its folder and its heads come from the environment where they are empty here.
  /// Without a folder no copies are made.
  upkeep_options upkeep = {};
};

/// What the body of an application works with, on its runtime's thread.
class application {
 public:
  application(runtime::runtime& world, epic::adapter& site, observability& seen, audited_flags& switches,
              operations::upkeep& keeping)
      : rt(world), adapter(site), observed(seen), flags(switches), upkeep(keeping), end_(world) {}

  runtime::runtime& rt;
  epic::adapter& adapter;
  observability& observed;
  audited_flags& flags;
  operations::upkeep& upkeep;

  /// True once a signal has come: new calls are refused with epic::errc::stopped.
  bool ending() const { return ending_; }
  /// Waits until then: the whole body of a program that only serves.
  runtime::task<> until_ending();

 private:
  friend class application_life;
  runtime::event end_;
  bool ending_ = false;
};

/// Returns the program's exit code. It has joined what it has started.
using application_body = std::function<runtime::task<int>(application&)>;

/// How the program ends, where its body does not say.
namespace application_exit {
inline constexpr int bad_settings = 2;  ///< a setting is missing or cannot be used; standard error names it
inline constexpr int not_started = 3;   ///< what an earlier process left in the ledger cannot be taken over
inline constexpr int broken = 70;       ///< something was thrown; standard error has what it says
inline constexpr int signalled = 128;   ///< plus the signal: it came before the body had ended
}  // namespace application_exit

/// Opens the adapter (epic/open.hpp), takes over what an earlier process left in the ledger, runs the body,
/// stops, and returns the exit code: all that main has to do. Called on the main thread, once in a process.
///
/// Around the adapter: feature flags (EPICENTER_FLAGS: their file; without it they end with the process),
/// changed through the audit log; the upkeep of the stores (EPICENTER_COPIES: the folder of their copies;
/// see upkeep.hpp); who forces a circuit is in the audit log.
///
/// On SIGTERM or SIGINT new calls are refused. Calls in flight end within the grace or are cut; every write
/// is then in the ledger as it stands (WRITTEN, UNKNOWN, NOT_SENT, …) and in the audit log, and what is
/// unknown is looked for at the next start. An audit log that is down gets the rest of the grace, and at
/// least a second; what it does not take is counted and told (adapter::stop). The same signal again ends the
/// process at once; the ledger has what was sent then too. A pipe that nobody reads any more (SIGPIPE) ends
/// nothing.
int run_application(const environment&, application_options, application_body);

}  // namespace epicenter::operations
