// A scenario as plain data: what the loader hands out and the engine runs. Every value is validated and every
// default is filled in; durations are nanoseconds, shares are parts per million.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/base/units.hpp>
#include <epicenter/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/words.hpp"

namespace epicenter::scenario {

/// A place in a scenario file. Line and column start at 1; the column counts characters. Line 0: not from a
/// file (a default).
struct source_mark {
  std::string file;
  int line = 0;
  int column = 0;
  /// "file:line:column", or "(default)".
  std::string text() const;
  friend bool operator==(const source_mark&, const source_mark&) = default;
};

enum class environment_kind { laptop, ci, staging, gameday, production };

/// Where a secret is to be taken from when the run starts: ${env:NAME} or ${file:PATH}. Never the secret
/// itself.
struct secret_reference {
  enum class kind { none, env, file };
  kind from = kind::none;
  std::string name;
};

/// What is under test. Neither adapter_url nor run: the embedded adapter.
struct target_spec {
  std::string adapter_url;
  std::vector<std::string> run;
  secret_reference token;  ///< bearer token for adapter_url
  environment_kind environment = environment_kind::laptop;
};

enum class epic_profile { strict, orders };

struct epic_spec {
  epic_profile profile = epic_profile::strict;
  std::int64_t patients = 200;
  duration token_lifetime = 1h;  ///< what Epic's token endpoint was observed to grant
  std::string data;
  std::vector<std::string> stubs;
};

enum class adapter_profile { interactive, bulk, runbook };

/// Changes to one breaker class of the chosen profile; what is absent stays as the profile says.
struct breaker_overrides {
  std::optional<duration> window;
  std::optional<std::int64_t> min_calls;
  std::optional<share> error_rate;
  std::optional<std::int64_t> consecutive;  ///< 0: no consecutive rule
  std::optional<duration> open_wait;
  std::optional<duration> max_open_wait;
  std::optional<std::int64_t> probes;     ///< concurrent trial calls in half-open
  std::optional<std::int64_t> successes;  ///< good trial calls that close it
  std::optional<std::int64_t> failures;   ///< bad trial calls that open it again
};

struct adapter_overrides {
  std::optional<duration> deadline;  ///< of a whole operation
  std::optional<duration> connect_timeout;
  std::optional<duration> attempt_timeout;  ///< for every class
  std::optional<duration> review_after;     ///< age at which a write of unknown outcome is for a person
  bool queue_writes = false;                ///< callers ask that what does not reach Epic is sent later
  /// Types whose creates no search finds before a clinician has reconciled them: the adapter knows it.
  std::vector<std::string> holding_tank;
  /// Keyed by class: "all", "read", "search", "write", "bulk", "token", "metadata". "all" is applied first.
  std::map<std::string, breaker_overrides> breaker;
};

struct adapter_spec {
  adapter_profile profile = adapter_profile::interactive;
  adapter_overrides overrides;
};

/// Limits that the guard holds before the first packet and all through the run (exit 6).
struct blast_radius_spec {
  std::vector<std::string> allow_hosts{"127.0.0.1", "localhost"};
  rate max_rate{200, 1s};
  duration max_run_time = 45min;
  duration fault_lease = 5s;  ///< proxy and mock drop every fault this long after the last heartbeat
  source_mark mark;
};

enum class load_model { open, closed };
enum class arrival_process { poisson, uniform };
enum class operation_kind { patient_context, latest_labs, order_lab, file_note };

std::string_view name_of(operation_kind);
bool is_write(operation_kind);

struct operation_share {
  operation_kind operation = operation_kind::patient_context;
  std::int64_t weight = 1;
};

/// One step of an open load: this rate for this long. The last stage is held to the end of the experiment.
struct load_stage {
  rate arrivals;
  duration length{};
};

struct load_spec {
  load_model model = load_model::open;
  /// Open: at least one; a plain `rate` is one stage. Closed: empty, max_in_flight callers each start their
  /// next operation when the last is answered.
  std::vector<load_stage> stages;
  arrival_process arrivals = arrival_process::poisson;
  std::int64_t max_in_flight = 2000;  ///< open: an arrival past this is counted as dropped
  std::vector<operation_share> operations;
  source_mark mark;
};

/// Two bounds, three levels, strict at both ends. For circuit_state the states themselves are the levels.
struct threshold {
  metric_id metric = metric_id::success_rate;
  /// success_rate: healthy above `healthy`, critical below `critical`. avg_latency: the other way round.
  bool more_is_better = true;
  std::int64_t healthy = 0;   ///< in the metric's unit (facts_of(metric).unit)
  std::int64_t critical = 0;  ///< in the metric's unit
  /// circuit_state only: the level of CLOSED, HALF_OPEN, OPEN, in this order.
  level state_levels[3] = {level::healthy, level::warning, level::critical};
  std::string breaker_class;  ///< circuit_state only; empty: the worst of the classes that had a call
  source_mark mark;
};

/// `circuit_state: healthy`, in steady_state and at_worst.
struct level_rule {
  metric_id metric = metric_id::success_rate;
  level wanted = level::healthy;
  source_mark mark;
};

struct phase_lengths {
  duration baseline = 60s;
  duration warm_up = 10s;  ///< start of the baseline that is sent and not judged
  duration recovery = 120s;
  duration settle = 75s;  ///< start of the recovery that is sent and not judged
};

enum class comparison { at_most, at_least, above, below };
std::string_view name_of(comparison);

/// "99%", "500ms", "3", "2.5": a bound or a figure of a metric as written in scenarios.
std::string format_value(metric_unit, std::int64_t value);

struct bound {
  comparison how = comparison::at_most;
  std::int64_t value = 0;  ///< in the metric's unit
};

/// Any one: all faults dropped at once, evidence kept, exit 5.
struct stop_condition {
  metric_id metric = metric_id::success_rate;
  bound limit;
  duration lasting{};         ///< 0: at the first time it holds
  std::vector<phase> phases;  ///< in the order of time; all three by default
  source_mark mark;
};

struct invariant {
  invariant_kind kind = invariant_kind::no_lost_write;
  std::optional<std::int64_t> at_most;  ///< retry_amplification only, in millionths
  source_mark mark;
};

/// An external check, polled. One of command and url.
struct probe {
  std::string name;
  std::vector<std::string> command;
  std::string url;
  std::int64_t status = 200;
  duration every = 5s;
  duration timeout = 2s;
  secret_reference token;
  source_mark mark;
};

/// Which calls a fault touches; what is absent matches everything. The counts are over the calls that match
/// the rest.
struct fault_match {
  std::string operation;  ///< an operation's name, such as order-lab
  std::string method;     ///< GET, POST, …
  std::string path;       ///< a glob: * within a segment, ** over segments
  std::string header;     ///< "Name" or "Name: value"
  std::string client;
  std::string body;  ///< "path" or "path: value" in the JSON body; what the proxy carries out only
  std::optional<std::int64_t> first;  ///< the first N
  std::optional<std::int64_t> nth;    ///< only the Nth
  std::optional<std::int64_t> every;  ///< each Nth
  std::optional<std::int64_t> after;  ///< all but the first N
  bool any() const;                   ///< nothing is asked: every call matches
};

struct fault {
  std::string type;                 ///< a name of the catalog: outage, latency, …
  std::string name;                 ///< as given, or type and position: "latency-1". Unique in its experiment
  duration at{};                    ///< from the start of `during`
  std::optional<duration> lasting;  ///< absent: to the end of `during`
  duration ramp_in{};               ///< the rate grows from 0; with ramp_out no longer than the fault lasts
  duration ramp_out{};              ///< the rate falls to 0 at the end
  fault_match match;
  share rate{1'000'000};                   ///< of the matching calls
  std::optional<std::int64_t> max_active;  ///< calls held or delayed at once; absent: no bound
  /// The parameters of its type, validated, with the type's defaults. Durations are integer nanoseconds,
  /// shares ppm, sizes bytes. A delay is {"kind": "uniform", "from", "to"}, {"kind": "lognormal", "median",
  /// "p99"} or
  /// {"kind": "normal", "mean", "deviation"}; a retry_after is {"form": "seconds" or "date", "after"}.
  json::object params;
  source_mark mark;
};

enum class must_kind { circuit_state, circuit_path, event, metric };
enum class anchor_kind { fault_start, fault_end, named_start, named_end };

/// The moment a window counts from.
struct anchor {
  anchor_kind kind = anchor_kind::fault_start;
  std::string fault;         ///< named_start, named_end: the fault's name
  std::string text() const;  ///< as written: "fault_start", "expiry.start"
};

/// One element of a circuit_path: a state, or `any` (zero or more states).
struct path_step {
  bool any = false;
  circuit_state state = circuit_state::closed;
};

struct must {
  must_kind kind = must_kind::metric;
  circuit_state state = circuit_state::closed;  ///< circuit_state
  std::vector<path_step> path;                  ///< circuit_path
  std::string event;                            ///< event: a name of all_events()
  bool forbidden = false;                       ///< event with `expect: none`
  metric_id metric = metric_id::success_rate;
  std::vector<bound> bounds;  ///< metric: all must hold
  std::string breaker_class;  ///< circuit_state, circuit_path; empty: any one breaker, as section 5 says
  /// The window: from `after` (absent: the start of `during`) for `within` (absent: to the end of the
  /// experiment).
  std::optional<duration> within;
  std::optional<anchor> after;
  source_mark mark;
  /// As written, for messages: "circuit_state OPEN within 10s after fault_start".
  std::string text() const;
};

struct experiment {
  std::string name;
  std::string hypothesis;
  duration during{};
  std::vector<fault> faults;
  /// One entry for each threshold, in the order of the thresholds: what is not listed in the file is healthy.
  std::vector<level_rule> at_worst;
  std::vector<must> musts;
  std::string approve;
  std::string note;
  load_spec load;  ///< the scenario's, unless the experiment has its own
  std::vector<std::string> tags;
  source_mark mark;
};

struct scenario {
  std::string file;  ///< the path it was loaded from
  std::string name;
  std::string title;
  std::string owner;
  std::string runbook;
  target_spec target;
  epic_spec epic;
  adapter_spec adapter;
  blast_radius_spec blast_radius;
  std::uint64_t seed = 1;
  load_spec load;
  std::vector<threshold> thresholds;
  std::int64_t min_samples = 100;
  std::vector<level_rule> steady_state;
  phase_lengths phases;
  std::vector<stop_condition> stop_conditions;
  std::vector<invariant> invariants;
  std::vector<probe> probes;
  std::vector<experiment> experiments;
};

}  // namespace epicenter::scenario
