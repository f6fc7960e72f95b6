// Hand-made observations: a sound experiment of ten seconds of baseline, ten of faults, ten of recovery.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "harness/verdict/observations.hpp"
#include "reports/run_record.hpp"

namespace epicenter::verdict::testing {

inline instant at(duration since_start) {
  return instant(100s + since_start);
}

constexpr std::uint8_t read_class = 0;
constexpr std::uint8_t write_class = 1;
constexpr std::uint8_t token_class = 2;

inline observations three_phases() {
  observations seen;
  seen.phases = {phase_window{at(0s), at(2s), at(10s)}, phase_window{at(10s), at(10s), at(20s)},
                 phase_window{at(20s), at(24s), at(30s)}};
  seen.classes = {"read", "write", "token"};
  seen.commits_known = true;
  return seen;
}

inline operation_sample operation(duration intended, duration latency, bool succeeded = true,
                                  scenario::operation_kind kind = scenario::operation_kind::patient_context) {
  operation_sample op;
  op.intended = at(intended);
  op.finished = op.intended + latency;
  op.kind = kind;
  op.succeeded = succeeded;
  if (!succeeded) op.failure = "timed_out";
  return op;
}

inline call_sample call(std::string id, duration started, std::uint8_t endpoint_class = read_class,
                        bool first_send = true, call_purpose purpose = call_purpose::operation) {
  call_sample c;
  c.id = std::move(id);
  c.started = at(started);
  c.ended = c.started + 20ms;
  c.endpoint_class = endpoint_class;
  c.first_send = first_send;
  c.purpose = purpose;
  c.token = 1;
  c.token_expires_at = at(1h);
  c.status = 200;
  return c;
}

inline circuit_sample change(duration when, std::uint8_t endpoint_class, std::string_view from,
                             std::string_view to) {
  circuit_sample c;
  c.at = at(when);
  c.endpoint_class = endpoint_class;
  c.from = from;
  c.to = to;
  c.cause = "error_rate";
  return c;
}

/// Operations every 50 ms over all three phases, each with one call; one write a second, filed and accounted.
inline observations sound_experiment() {
  auto seen = three_phases();
  std::uint64_t seq = 0;
  const auto audited = [&](const std::string& subject) {
    seen.audit.push_back({++seq, true, "ehr.call", subject});
    seen.audit.push_back({++seq, false, "ehr.call", subject});
  };
  for (int i = 0; i < 600; ++i) {
    const auto start = i * 50ms;
    const bool write = i % 20 == 0;
    const std::string id = "op-" + std::to_string(i);
    const auto kind = write ? scenario::operation_kind::file_note : scenario::operation_kind::patient_context;
    seen.operations.push_back(operation(start, 40ms, true, kind));
    seen.calls.push_back(call(id + ".1.1", start, write ? write_class : read_class));
    audited(id + ".1.1");
    if (!write) continue;
    seen.writes_asked.push_back({id, "WRITTEN"});
    seen.ledger.push_back({id, "WRITTEN", "r-" + id});
    seen.commits.push_back({id, "DocumentReference/r-" + id});
    audited(id);
  }
  seen.circuits = {change(11s, read_class, "closed", "open"), change(21s, read_class, "open", "half_open"),
                   change(22s, read_class, "half_open", "closed")};
  seen.stale = {{at(12s), "op-240", 10min, 30min}};
  seen.resources_shown = 900;
  seen.faults = {{"outage-1", at(10s), at(20s)}};
  seen.texts = {{"the audit log", "ehr.call op-1.1.1 200"}};
  seen.patient_phrases = {"Camila", "1987-09-12", "Z6129"};
  return seen;
}

inline scenario::threshold threshold_of(scenario::metric_id metric, std::int64_t healthy,
                                        std::int64_t critical) {
  scenario::threshold t;
  t.metric = metric;
  t.more_is_better = facts_of(metric).more_is_better;
  t.healthy = healthy;
  t.critical = critical;
  t.mark = {"t.yaml", 7, 3};
  return t;
}

inline std::vector<scenario::threshold> runbook_thresholds() {
  using scenario::metric_id;
  return {threshold_of(metric_id::success_rate, 990'000, 950'000),
          threshold_of(metric_id::write_success, 990'000, 950'000),
          threshold_of(metric_id::avg_latency, 500'000'000, 2'000'000'000),
          threshold_of(metric_id::circuit_state, 0, 0)};
}

inline const reports::check* find_check(const std::vector<reports::check>& checks, std::string_view phase,
                                        std::string_view name) {
  for (const auto& c : checks) {
    if (c.phase == phase && c.name == name) return &c;
  }
  return nullptr;
}

}  // namespace epicenter::verdict::testing
