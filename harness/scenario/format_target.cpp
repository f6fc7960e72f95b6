#include "harness/scenario/format.hpp"
#include "harness/scenario/scalars.hpp"

namespace epicenter::scenario {
namespace {

/// What proxy and mock take.
constexpr duration longest_lease = 1h;

binder<breaker_overrides> breaker_format() {
  return object_of<breaker_overrides>("the settings of a breaker", "breaker")
      .key("window", "time over which calls are counted", positive_duration(), &breaker_overrides::window)
      .key("min_calls", "fewer calls in the window never open it", integer(1, 1'000'000),
           &breaker_overrides::min_calls)
      .key("error_rate", "share of failures that opens it", a_share(), &breaker_overrides::error_rate)
      .key("consecutive", "failures in a row that open it; 0: no such rule", integer(0, 1'000'000),
           &breaker_overrides::consecutive)
      .key("open_wait", "time from open to half-open", positive_duration(), &breaker_overrides::open_wait)
      .key("max_open_wait", "to which repeated openings lengthen it", positive_duration(),
           &breaker_overrides::max_open_wait)
      .key("probes", "trial calls at once in half-open", integer(1, 1000), &breaker_overrides::probes)
      .key("successes", "good trial calls that close it", integer(1, 1000), &breaker_overrides::successes)
      .key("failures", "bad trial calls that open it again", integer(1, 1000), &breaker_overrides::failures)
      .then([](reading& in, const node& at, breaker_overrides& out) {
        if (out.open_wait && out.max_open_wait && *out.max_open_wait < *out.open_wait)
          in.refuse(at.find("max_open_wait")->at,
                    "max_open_wait is below open_wait, so open_wait could never be kept; raise it");
      })
      .done();
}

binder<std::map<std::string, breaker_overrides>> breakers_format() {
  using breakers = std::map<std::string, breaker_overrides>;
  object_of<breakers> keys("the breakers, by class of calls", "breakers");
  const binder<breaker_overrides> one = breaker_format();
  for (const char* name : {"all", "read", "search", "write", "bulk", "token", "metadata"})
    keys.set(
        name,
        std::string(name) == "all" ? "every class; a class of its own goes before" : "this class of calls",
        one, {}, [name](breakers& out, breaker_overrides read) { out[name] = read; });
  return keys.done();
}

}  // namespace

binder<adapter_spec> adapter_format() {
  struct draft : adapter_spec, adapter_overrides {};
  const binder<draft> keys =
      object_of<draft>("the adapter's settings", "adapter")
          .key("profile", "defaults of all settings; runbook: opens above 10 % errors, waits 60 s, one probe",
               choice<adapter_profile>("an adapter profile", {{"interactive", adapter_profile::interactive},
                                                              {"bulk", adapter_profile::bulk},
                                                              {"runbook", adapter_profile::runbook}}),
               &adapter_spec::profile)
          .key("deadline", "of a whole operation", positive_duration(), &adapter_overrides::deadline)
          .key("connect_timeout", "of a connection", positive_duration(), &adapter_overrides::connect_timeout)
          .key("attempt_timeout", "of one HTTP exchange, in every class", positive_duration(),
               &adapter_overrides::attempt_timeout)
          .key("review_after", "age at which a write that searches do not find is for a person; default 90s",
               positive_duration(), &adapter_overrides::review_after)
          .key("queue_writes",
               "whether callers ask that a write that does not reach Epic is sent later; default false",
               boolean(), &adapter_overrides::queue_writes)
          .key("holding_tank",
               "types whose creates wait for a clinician: the adapter knows that searches miss them",
               list_of("a list of types such as [ServiceRequest]", text("a resource type")),
               &adapter_overrides::holding_tank)
          .key("breaker", "settings by class: {all: {open_wait: 1s}}", breakers_format(),
               &adapter_overrides::breaker)
          .done();
  return mapped<adapter_spec>(keys, [](draft read) {
    read.overrides = static_cast<const adapter_overrides&>(read);
    return adapter_spec(std::move(read));
  });
}

binder<epic_spec> epic_format() {
  return object_of<epic_spec>("the mock's settings", "epic")
      .key("profile",
           "strict: what Epic's public R4 API does; orders: orders, ETags and conditional create too",
           choice<epic_profile>("a mock profile",
                                {{"strict", epic_profile::strict}, {"orders", epic_profile::orders}}),
           &epic_spec::profile)
      .key("patients", "synthetic patients, made from the seed", integer(1, 100'000), &epic_spec::patients)
      .key("token_lifetime", "expires_in of an access token; default 1h", positive_duration(),
           &epic_spec::token_lifetime)
      .key("data", "a folder of resources", text(), &epic_spec::data, not_yet)
      .key("stubs", "files of stubbed answers", list_of("a list of files", text()), &epic_spec::stubs,
           not_yet)
      .done();
}

binder<target_spec> target_format() {
  const auto where =
      choice<environment_kind>("an environment", {{"laptop", environment_kind::laptop},
                                                  {"ci", environment_kind::ci},
                                                  {"staging", environment_kind::staging},
                                                  {"gameday", environment_kind::gameday},
                                                  {"production", environment_kind::production}});
  return object_of<target_spec>("the target", "target")
      .key("adapter", "URL of a service that runs already", text("a URL"), &target_spec::adapter_url, not_yet)
      .key("run", "command that starts the service",
           list_of("a command such as [./service, --port, '8080']", text(), 1), &target_spec::run, not_yet)
      .key("token", "bearer token for the service", a_secret(), &target_spec::token, not_yet)
      .key("environment", "where this runs; production is refused by the guard", where,
           &target_spec::environment)
      .done();
}

binder<blast_radius_spec> blast_radius_format() {
  return object_of<blast_radius_spec>("the blast radius", "blast_radius")
      .key("allow_hosts", "the only hosts that may be touched",
           list_of("a list of hosts such as [127.0.0.1, localhost]", text("a host name or address"), 1),
           &blast_radius_spec::allow_hosts)
      .key("max_rate", "arrivals; default 200/s", a_rate(), &blast_radius_spec::max_rate)
      .key("max_run_time", "of all experiments together; default 45m", positive_duration(),
           &blast_radius_spec::max_run_time)
      .key("fault_lease", "a fault ends by itself this long after the last heartbeat; default 5s",
           positive_duration(), &blast_radius_spec::fault_lease)
      .mark(&blast_radius_spec::mark)
      .then([](reading& in, const node& at, blast_radius_spec& out) {
        if (out.fault_lease > longest_lease)
          in.refuse(at.find("fault_lease")->at,
                    fmt::format(
                        "a fault that outlives a dead harness for more than {} is no lease; make it shorter",
                        format_duration(longest_lease)));
      })
      .done();
}

binder<probe> probe_format() {
  return object_of<probe>("a probe")
      .key("name", "shown beside its outcome", identifier(), &probe::name, required)
      .key("command", "succeeds with exit code 0", list_of("a command such as [./check, --fast]", text(), 1),
           &probe::command)
      .key("url", "fetched with GET", text("a URL"), &probe::url)
      .key("status", "that url must answer; default 200", integer(100, 599), &probe::status)
      .key("every", "how often; default 5s", positive_duration(), &probe::every)
      .key("timeout", "of one check; default 2s", positive_duration(), &probe::timeout)
      .key("token", "bearer token for url", a_secret(), &probe::token)
      .mark(&probe::mark)
      .then([](reading& in, const node& at, probe& out) {
        if (out.command.empty() == out.url.empty()) in.refuse(at.at, "a probe has either a command or a url");
      })
      .done();
}

}  // namespace epicenter::scenario
