// A run record with one of everything.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "reports/format.hpp"

namespace epicenter::reports::testing {

using namespace std::chrono_literals;

inline figure figure_of(std::string metric, reports::unit unit, std::int64_t value, std::string level,
                        std::string bounds) {
  figure f;
  f.metric = std::move(metric);
  f.unit = unit;
  f.value = value;
  f.level = std::move(level);
  f.bounds = std::move(bounds);
  f.samples = 700;
  return f;
}

inline phase_record phase_named(std::string name, std::int64_t success_ppm, std::string level) {
  phase_record p;
  p.name = std::move(name);
  p.to = 60s;
  p.operations = 700;
  p.figures = {
      figure_of("success_rate", unit::ppm, success_ppm, std::move(level), "healthy > 99%, critical < 95%"),
      figure_of("avg_latency", unit::nanoseconds, 412'345'678, "healthy", "healthy < 500ms, critical > 2s"),
      figure_of("retry_amplification", unit::millionths, 1'180'000, "warning",
                "healthy < 1.1, critical > 3")};
  for (int i = 1; i <= 10; ++i) p.latency.record(i * 1ms);
  return p;
}

inline check check_named(std::string phase, std::string kind, std::string name, reports::status status) {
  check c;
  c.phase = std::move(phase);
  c.kind = std::move(kind);
  c.name = std::move(name);
  c.status = status;
  c.value = "93.1%";
  c.wanted = "at worst healthy";
  if (status != status::passed) c.message = "is critical";
  c.place = {"/home/someone/epic.yaml", 44, 7};
  return c;
}

inline run_record one_run() {
  experiment_record e;
  e.name = "epic-outage";
  e.hypothesis = "Epic is down; we lose nothing.";
  e.seed = 7;
  e.status = status::failed;
  e.lasted = 240s;
  e.phases = {phase_named("baseline", 992'000, "healthy"), phase_named("during", 931'000, "critical"),
              phase_named("recovery", 970'000, "warning")};
  e.checks = {check_named("baseline", "steady_state", "success_rate", status::passed),
              check_named("during", "threshold", "success_rate", status::failed),
              check_named("recovery", "steady_state", "success_rate", status::warning),
              check_named("", "coverage", "fault outage-1", status::inconclusive),
              check_named("", "invariant", "no_lost_write", status::passed)};
  e.faults = {{"outage-1", "outage", 60s, 120s, 90, 80, 10}};
  e.circuits = {{61s, "read", "closed", "open", "error_rate"}};
  e.operations["patient-context"] = {600, 560, 31, {{"timed_out", 40}}};
  e.writes = {{"NEEDS_REVIEW", 2}, {"WRITTEN", 98}};
  e.counters = {{"calls", 2400}, {"retries", 17}, {"stale_served", 31}};
  e.timeline = {{0ms, "phase.started", "baseline"},
                {61s, "circuit.changed", "read: CLOSED to \"OPEN\"\nby x"}};
  e.place = {"epic.yaml", 40, 5};
  run_record run;
  run.scenario = "epic-resilience";
  run.title = "The adapter survives";
  run.owner = "integrations-oncall";
  run.runbook = "docs/runbook.md";
  run.file = "/home/someone/epic.yaml";
  run.clock = "virtual";
  run.seed = 42;
  run.status = status::failed;
  run.exit_code = 1;
  run.experiments.push_back(std::move(e));
  return run;
}

inline run_meta some_meta() {
  run_meta m;
  m.version = "0.1.0";
  m.host = "build-host";
  m.started_at = "2026-11-23T10:00:00Z";
  m.took = 1234ms;
  m.events = 5000;
  m.event_hash = "0123456789abcdef";
  m.command = "epicenter run";
  return m;
}

}  // namespace epicenter::reports::testing
