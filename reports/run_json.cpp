#include <epicenter/base/units.hpp>
#include <epicenter/json/write.hpp>

#include "reports/format.hpp"

namespace epicenter::reports {
namespace {

using json::array;
using json::object;

std::string_view name_of(unit u) {
  switch (u) {
    case unit::ppm:
      return "ppm";
    case unit::nanoseconds:
      return "ns";
    case unit::count:
      return "count";
    case unit::millionths:
      return "millionths";
    case unit::state:
      return "state";
  }
  return "count";
}

object to_json(const figure& f) {
  object o{{"metric", f.metric}, {"unit", name_of(f.unit)}};
  if (f.value) o.set("value", *f.value);
  if (!f.state.empty()) o.set("state", f.state);
  o.set("shown", f.shown());
  o.set("level", f.level);
  o.set("bounds", f.bounds);
  o.set("samples", f.samples);
  return o;
}

/// The histogram by its parts: records of several shards merge into one.
object to_json(const stats::histogram& h) {
  const auto parts = h.to_parts();
  array buckets;
  for (const auto& b : parts.buckets) {
    buckets.emplace_back(array{static_cast<std::int64_t>(b.index), b.count});
  }
  return {{"precision_bits", static_cast<std::int64_t>(parts.precision_bits)},
          {"count", h.count()},
          {"min", parts.min},
          {"max", parts.max},
          {"sum_high", parts.sum_high},
          {"sum_low", parts.sum_low},
          {"buckets", std::move(buckets)}};
}

object to_json(const check& c) {
  object o{{"phase", c.phase}, {"name", c.name},    {"kind", c.kind}, {"status", name_of(c.status)},
           {"value", c.value}, {"wanted", c.wanted}};
  if (!c.message.empty()) o.set("message", c.message);
  // Without the file: where it lies differs from machine to machine, and run.meta.json names it.
  if (c.place.line != 0) o.set("place", object{{"line", c.place.line}, {"column", c.place.column}});
  return o;
}

template <class Map>
object counts(const Map& map) {
  object o;
  for (const auto& [name, n] : map) o.set(name, n);
  return o;
}

object to_json(const phase_record& p) {
  array figures;
  for (const auto& f : p.figures) figures.emplace_back(to_json(f));
  return {{"name", p.name},
          {"from_ns", p.from.count()},
          {"judged_from_ns", p.judged_from.count()},
          {"to_ns", p.to.count()},
          {"operations", p.operations},
          {"figures", std::move(figures)},
          {"latency_ns", to_json(p.latency)}};
}

object to_json(const fault_record& f) {
  object o{{"name", f.name}, {"type", f.type}, {"from_ns", f.from.count()}};
  o.set("to_ns", f.to ? json::value(f.to->count()) : json::value());
  o.set("touched", f.touched);
  o.set("injected", f.injected);
  o.set("skipped", f.skipped);
  return o;
}

object to_json(const operation_record& op) {
  return {{"started", op.started},
          {"succeeded", op.succeeded},
          {"stale", op.stale},
          {"failures", counts(op.failures)}};
}

object to_json(const experiment_record& e) {
  array phases, checks, faults, circuits;
  for (const auto& p : e.phases) phases.emplace_back(to_json(p));
  for (const auto& c : e.checks) checks.emplace_back(to_json(c));
  for (const auto& f : e.faults) faults.emplace_back(to_json(f));
  for (const auto& c : e.circuits) {
    circuits.emplace_back(object{{"at_ns", c.at.count()},
                                 {"class", c.endpoint_class},
                                 {"from", c.from},
                                 {"to", c.to},
                                 {"cause", c.cause}});
  }
  object operations;
  for (const auto& [name, op] : e.operations) operations.set(name, to_json(op));
  return {{"name", e.name},
          {"hypothesis", e.hypothesis},
          {"seed", e.seed},
          {"status", name_of(e.status)},
          {"stopped_by", e.stopped_by},
          {"rolled_back", e.rolled_back},
          {"lasted_ns", e.lasted.count()},
          {"phases", std::move(phases)},
          {"checks", std::move(checks)},
          {"faults", std::move(faults)},
          {"circuits", std::move(circuits)},
          {"operations", std::move(operations)},
          {"writes", counts(e.writes)},
          {"counters", counts(e.counters)}};
}

}  // namespace

std::string run_json(const run_record& run, const run_meta&) {
  array experiments;
  for (const auto& e : run.experiments) experiments.emplace_back(to_json(e));
  return json::write_pretty(object{{"schema", run_schema},
                                   {"scenario", run.scenario},
                                   {"title", run.title},
                                   {"owner", run.owner},
                                   {"runbook", run.runbook},
                                   {"clock", run.clock},
                                   {"seed", run.seed},
                                   {"status", name_of(run.status)},
                                   {"exit_code", run.exit_code},
                                   {"experiments", std::move(experiments)}});
}

std::string run_meta_json(const run_record& run, const run_meta& meta) {
  return json::write_pretty(object{{"schema", run_schema},
                                   {"scenario", run.scenario},
                                   {"file", run.file},
                                   {"command", meta.command},
                                   {"version", meta.version},
                                   {"compiler", meta.compiler},
                                   {"host", meta.host},
                                   {"started_at", meta.started_at},
                                   {"took_ms", meta.took.count() / 1'000'000},
                                   {"virtual_events", meta.events},
                                   {"event_hash", meta.event_hash}});
}

std::string events_jsonl(const run_record& run, const run_meta&) {
  std::string text;
  for (const auto& e : run.experiments) {
    for (const auto& entry : e.timeline) {
      text += json::write(object{{"at_ms", entry.at.count() / 1'000'000},
                                 {"experiment", e.name},
                                 {"event", entry.event},
                                 {"detail", entry.detail}});
      text.push_back('\n');
    }
  }
  return text;
}

}  // namespace epicenter::reports
