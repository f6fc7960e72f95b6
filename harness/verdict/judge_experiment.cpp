#include <algorithm>
#include <array>

#include "harness/verdict/invariants/invariant.hpp"
#include "harness/verdict/judge.hpp"
#include "harness/verdict/measure.hpp"
#include "harness/verdict/must.hpp"

namespace epicenter::verdict {
namespace {

using reports::check;
using reports::status;
using scenario::phase;

void add(std::vector<check>& to, std::vector<check> more) {
  std::move(more.begin(), more.end(), std::back_inserter(to));
}

/// A fault that touched no call proves nothing.
check coverage_of(const reports::fault_record& fault, const scenario::experiment& e) {
  check c;
  c.kind = "coverage";
  c.name = "fault " + fault.name;
  c.wanted = "touches at least one call";
  c.value = std::to_string(fault.injected) + " injected of " + std::to_string(fault.touched) + " touched";
  for (const auto& f : e.faults) {
    if (f.name == fault.name) c.place = {f.mark.file, f.mark.line, f.mark.column};
  }
  if (fault.injected == 0) {
    c.status = status::inconclusive;
    c.message = "the fault hit no call: the experiment proves nothing";
  }
  if (!fault.to) {
    c.status = status::inconclusive;
    c.value = "never applied";
    c.message = "the fault never began: its trigger did not come in time, so the experiment proves nothing";
  }
  return c;
}

/// Each planned fault has a record of its injector, and that counted a call.
std::vector<check> coverage_of(const std::vector<reports::fault_record>& faults,
                               const scenario::experiment& e) {
  std::vector<check> checks;
  for (const auto& f : faults) checks.push_back(coverage_of(f, e));
  for (const auto& f : e.faults) {
    const auto same = [&](const auto& record) { return record.name == f.name; };
    if (std::any_of(faults.begin(), faults.end(), same)) continue;
    reports::fault_record never;
    never.name = f.name;
    checks.push_back(coverage_of(never, e));
  }
  return checks;
}

/// An interrupted run does not wait for reconciliation: a write that has no end yet breaks no promise.
check judge_invariant(const scenario::invariant& invariant, const observations& seen, bool interrupted) {
  auto c = judge_invariant(invariant, seen);
  using scenario::invariant_kind;
  const bool needs_the_end = invariant.kind == invariant_kind::every_write_accounted ||
                             invariant.kind == invariant_kind::audit_complete;
  if (interrupted && needs_the_end && c.status == status::failed) {
    c.status = status::inconclusive;
    c.message = "interrupted before the end; so far: " + c.message;
  }
  return c;
}

check generator_check(const observations& seen) {
  check c;
  c.kind = "coverage";
  c.name = "load on time";
  c.wanted = "at most 1% of the arrivals more than 100ms late";
  const auto total = seen.operations.size() + seen.dropped.size();
  c.value = std::to_string(seen.late_arrivals) + " late of " + std::to_string(total);
  if (seen.late_arrivals * 100 > total) {
    c.status = status::inconclusive;
    c.message = "the load generator fell behind: this machine is too slow for the scenario's rate";
  }
  return c;
}

void count_all(const observations& seen, reports::experiment_record& record) {
  for (const auto& op : seen.operations) {
    auto& kind = record.operations[std::string(name_of(op.kind))];
    ++kind.started;
    if (op.succeeded) ++kind.succeeded;
    if (op.stale) ++kind.stale;
    if (!op.succeeded) ++kind.failures[std::string(op.failure)];
  }
  for (const auto& row : seen.ledger) ++record.writes[row.state];
  auto& n = record.counters;
  n["calls"] = seen.calls.size();
  n["dropped_arrivals"] = seen.dropped.size();
  n["token_refreshes"] = seen.token_refreshes.size();
  n["filed_in_epic"] = seen.commits.size();
  n["stale_served"] = static_cast<std::uint64_t>(
      std::count_if(seen.operations.begin(), seen.operations.end(), [](const auto& op) { return op.stale; }));
  n["stale_parts"] = seen.stale.size();
  n["retries"] = static_cast<std::uint64_t>(std::count_if(
      seen.calls.begin(), seen.calls.end(),
      [](const call_sample& call) { return call.purpose == call_purpose::operation && !call.first_send; }));
  const auto start = seen.window(phase::baseline).from;
  for (const auto& change : seen.circuits) {
    record.circuits.push_back({change.at - start, seen.classes[change.endpoint_class],
                               std::string(change.from), std::string(change.to), std::string(change.cause)});
  }
}

status worst_of(const std::vector<check>& checks) {
  status worst = status::passed;
  for (const auto& c : checks) worst = std::max(worst, c.status);
  return worst;
}

}  // namespace

void judge_experiment(const scenario::scenario& s, const scenario::experiment& e, const observations& seen,
                      const course& course, phase_verdict baseline, reports::experiment_record& record) {
  count_all(seen, record);
  record.faults = course.faults;
  record.stopped_by = course.stopped_by;
  record.rolled_back = course.rolled_back;

  if (!course.baseline_held) {
    // Before any fault an unmet steady state says nothing about the target: inconclusive, never failed.
    for (auto& c : baseline.checks) {
      if (c.status == status::failed) c.status = status::inconclusive;
    }
  }
  add(record.checks, std::move(baseline.checks));
  record.phases.push_back(std::move(baseline.record));
  const bool whole = course.baseline_held && course.stopped_by.empty() && !course.interrupted;
  if (whole) {
    for (const auto p : {phase::during, phase::recovery}) {
      auto verdict = judge_phase(s, e, p, seen);
      add(record.checks, std::move(verdict.checks));
      record.phases.push_back(std::move(verdict.record));
    }
    for (const auto& m : e.musts) record.checks.push_back(judge_must(m, seen));
    add(record.checks, coverage_of(course.faults, e));
  }
  record.checks.push_back(generator_check(seen));
  const bool signalled = course.interrupted || course.drain_cut_short;
  for (const auto& invariant : s.invariants) {
    record.checks.push_back(judge_invariant(invariant, seen, signalled));
  }
  if (!course.stopped_by.empty()) {
    check c;
    c.kind = "stop";
    c.name = "stop condition";
    c.wanted = "stays away";
    c.value = course.stopped_by;
    c.status = status::inconclusive;
    c.message = "stopped by " + course.stopped_by + ": all faults were removed";
    c.place = course.stop_place;
    record.checks.push_back(std::move(c));
  }
  check rollback;
  rollback.kind = "rollback";
  rollback.name = "rollback confirmed";
  rollback.wanted = "proxy and mock report no fault";
  rollback.value = course.rolled_back ? "nothing is injected" : "not confirmed";
  if (!course.rolled_back) {
    rollback.status = status::failed;
    rollback.message = course.rollback_message;
  }
  record.checks.push_back(std::move(rollback));
  record.status = worst_of(record.checks);
  if (signalled && record.status < status::inconclusive) record.status = status::inconclusive;
}

int exit_code_of(const reports::experiment_record& record, bool warnings_fail) {
  if (!record.rolled_back) return 7;
  if (record.status == status::failed) return 1;
  if (!record.stopped_by.empty()) return 5;
  if (record.status == status::inconclusive) return 4;
  return warnings_fail && record.status == status::warning ? 1 : 0;
}

int worse_exit_code(int a, int b) {
  constexpr std::array order{7, 70, 130, 143, 2, 3, 6, 8, 1, 5, 4, 0};
  const auto rank = [&](int code) {
    const auto it = std::find(order.begin(), order.end(), code);
    return it == order.end() ? std::find(order.begin(), order.end(), 70) : it;
  };
  return *std::min(rank(a), rank(b));
}

}  // namespace epicenter::verdict
