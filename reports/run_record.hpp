// The run record: everything a run found out, as one value. It is judged once, and every output is written
// from it. It holds only what scenario, seed and program determine; what the machine and the hour add is in
// run_meta.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/stats/histogram.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::reports {

/// Version of the record's shape in run.json: grows by one when a reader of the old shape would misread the
/// new.
inline constexpr int run_schema = 1;

/// How a check, an experiment or a run came out. Ordered from good to bad.
enum class status { passed, warning, inconclusive, failed };
std::string_view name_of(status);

/// The unit of a value; decides how it is shown ("99.2%", "412ms").
enum class unit { ppm, nanoseconds, count, millionths, state };

struct place {
  std::string file;
  int line = 0;  ///< 0: not from a file
  int column = 0;
  std::string text() const;
};

struct figure {
  std::string metric;
  reports::unit unit = reports::unit::count;
  std::optional<std::int64_t> value;  ///< absent: no sample
  std::string state;                  ///< of unit state
  std::string level;                  ///< healthy, warning, critical; empty where no threshold judges it
  std::string bounds;                 ///< "healthy > 99%, critical < 95%"
  std::uint64_t samples = 0;
  /// "99.2%", "412ms", "CLOSED", "-"
  std::string shown() const;
};

/// One judgement. The name is unique within its experiment and phase.
struct check {
  std::string phase;  ///< baseline, during, recovery, or empty for the whole experiment
  std::string name;   ///< "success_rate", "no_lost_write", "circuit_state OPEN within 10s after fault_start"
  std::string kind;   ///< steady_state, threshold, must, invariant, coverage, stop, rollback
  reports::status status = reports::status::passed;
  std::string value;    ///< what was measured, as shown
  std::string wanted;   ///< what it is held against
  std::string message;  ///< why it is not passed: cause, and where there is one the first offender
  reports::place place;
};

struct phase_record {
  std::string name;
  duration from{};         ///< since the start of the experiment
  duration judged_from{};  ///< after warm-up or settle
  duration to{};
  std::uint64_t operations = 0;  ///< of the judged part
  std::vector<figure> figures;
  stats::histogram latency;
};

struct fault_record {
  std::string name;
  std::string type;
  duration from{};
  std::optional<duration> to;
  std::uint64_t touched = 0;
  std::uint64_t injected = 0;
  std::uint64_t skipped = 0;
};

struct circuit_record {
  duration at{};
  std::string endpoint_class;
  std::string from;
  std::string to;
  std::string cause;
};

/// Operations of one kind over the whole experiment.
struct operation_record {
  std::uint64_t started = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t stale = 0;
  std::map<std::string, std::uint64_t> failures;  ///< by reason
};

/// Something worth a line in events.jsonl.
struct timeline_entry {
  duration at{};
  std::string event;   ///< "phase.started", "fault.applied", "circuit.changed", "degradation.activated", …
  std::string detail;  ///< one short sentence, without patient data
};

struct experiment_record {
  std::string name;
  std::string hypothesis;
  std::uint64_t seed = 0;
  reports::status status = reports::status::passed;
  std::string stopped_by;   ///< the stop condition that ended it, or empty
  bool rolled_back = true;  ///< proxy and mock confirmed that nothing is injected any more
  duration lasted{};
  std::vector<phase_record> phases;
  std::vector<check> checks;
  std::vector<fault_record> faults;
  std::vector<circuit_record> circuits;
  std::map<std::string, operation_record> operations;
  std::map<std::string, std::uint64_t> writes;    ///< by final state
  std::map<std::string, std::uint64_t> counters;  ///< calls, retries, token_refreshes, dropped_arrivals, …
  std::vector<timeline_entry> timeline;           ///< goes to events.jsonl, not to run.json
  reports::place place;
};

struct run_record {
  std::string scenario;
  std::string title;
  std::string owner;
  std::string runbook;
  std::string file;
  std::string clock;  ///< real, virtual
  std::uint64_t seed = 0;
  reports::status status = reports::status::passed;
  int exit_code = 0;           ///< after section 7 of the scenario format
  bool warnings_fail = false;  ///< asked for with --fail-on warning: a warning counts as a failure
  std::vector<experiment_record> experiments;
};

/// What differs from run to run of the same seed.
struct run_meta {
  std::string version;
  std::string compiler;
  std::string host;
  std::string started_at;  ///< RFC 3339, UTC
  duration took{};
  std::uint64_t events = 0;  ///< of the virtual clock; 0 under the real one
  std::string event_hash;    ///< over all events of the virtual clock, hex; empty under the real one
  std::string command;
};

}  // namespace epicenter::reports
