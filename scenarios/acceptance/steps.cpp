#include "scenarios/acceptance/steps.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "harness/engine/error.hpp"

namespace epicenter::acceptance {
namespace {

scenario::scenario sound(scenario::load_result loaded) {
  if (loaded) return std::move(*loaded);
  std::string mistakes;
  for (const auto& d : loaded.error()) mistakes += d.text() + "\n";
  throw std::runtime_error(mistakes);
}

}  // namespace

scenario::scenario scenario_file(const std::string& name) {
  return sound(scenario::load(std::string(EPICENTER_SOURCE_DIR) + "/scenarios/" + name));
}

scenario::scenario scenario_text(const std::string& yaml) {
  return sound(scenario::load_text("specification.yaml", yaml));
}

engine::finished_run run_in_virtual_time(const scenario::scenario& s, std::uint64_t seed) {
  engine::run_options options;
  options.seed = seed;
  auto run = engine::run_scenario(s, options);
  if (!run) throw std::runtime_error(run.error().message());
  return std::move(*run);
}

refusal refused(const scenario::scenario& s) {
  const auto run = engine::run_scenario(s, {});
  if (run) return {};
  return {engine::exit_code_of(run.error()), run.error().message()};
}

const record& the_experiment(const engine::finished_run& run) {
  return run.record.experiments.at(0);
}

reports::status check(const record& e, std::string_view name, std::string_view phase) {
  for (const auto& c : e.checks) {
    if (c.name == name && c.phase == phase) return c.status;
  }
  throw std::runtime_error("nothing was judged under the name of " + std::string(name));
}

std::string not_passed(const record& e) {
  std::string all;
  for (const auto& c : e.checks) {
    if (c.status == reports::status::passed) continue;
    all += c.phase + " " + c.name + ": " + c.value + ", wanted " + c.wanted + "; " + c.message + "\n";
  }
  return all;
}

std::uint64_t operations(const record& e) {
  std::uint64_t sum = 0;
  for (const auto& [kind, of_kind] : e.operations) sum += of_kind.started;
  return sum;
}

std::uint64_t counter(const record& e, const std::string& name) {
  return e.counters.at(name);
}

std::uint64_t writes(const record& e, const std::string& state) {
  const auto it = e.writes.find(state);
  return it == e.writes.end() ? 0 : it->second;
}

std::optional<duration> breaker_became(const record& e, std::string_view state, duration from) {
  for (const auto& c : e.circuits) {
    if (c.to == state && c.at >= from) return c.at;
  }
  return std::nullopt;
}

std::string breakers_at_the_end(const record& e) {
  std::map<std::string, std::string> last;
  for (const auto& c : e.circuits) last[c.endpoint_class] = c.to;
  std::string state = last.empty() ? "closed" : last.begin()->second;
  for (const auto& [name, s] : last) {
    if (s != state) return "mixed";
  }
  return state;
}

std::size_t happened(const record& e, std::string_view event) {
  return static_cast<std::size_t>(std::count_if(e.timeline.begin(), e.timeline.end(),
                                                [&](const auto& line) { return line.event == event; }));
}

duration began(const record& e, std::string_view phase) {
  for (const auto& p : e.phases) {
    if (p.name == phase) return p.from;
  }
  throw std::runtime_error("the experiment never came to its phase " + std::string(phase));
}

bool writes_are_safe(const record& e) {
  for (const auto* promise : {"no_lost_write", "no_duplicate_write", "every_write_accounted"}) {
    if (check(e, promise) != reports::status::passed) return false;
  }
  return writes(e, "WRITTEN") > 0;
}

}  // namespace epicenter::acceptance
