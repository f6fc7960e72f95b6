// The words that the specifications are written in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/engine/run.hpp"
#include "harness/scenario/load.hpp"

namespace epicenter::acceptance {

/// A scenario file of this repository: "runbook/01-epic-outage.yaml".
scenario::scenario scenario_file(const std::string& name);
/// A scenario written in the specification itself. Throws with every mistake in it.
scenario::scenario scenario_text(const std::string& yaml);

engine::finished_run run_in_virtual_time(const scenario::scenario&, std::uint64_t seed);
/// The exit code of a run that is refused before it begins, and why.
struct refusal {
  int exit_code = 0;
  std::string why;
};
refusal refused(const scenario::scenario&);

/// The only experiment of the run.
const reports::experiment_record& the_experiment(const engine::finished_run&);

using record = reports::experiment_record;
/// How a check came out; throws where there is none of that name.
reports::status check(const record&, std::string_view name, std::string_view phase = "");
/// Every check that is not passed, one a line: what to print when a run did not go as expected.
std::string not_passed(const record&);
/// Operations that callers started, over all kinds.
std::uint64_t operations(const record&);
std::uint64_t counter(const record&, const std::string& name);
std::uint64_t writes(const record&, const std::string& state);
/// When a breaker first went into the state at or after `from`; nothing where none did.
std::optional<duration> breaker_became(const record&, std::string_view state, duration from = {});
/// The state every breaker that ever moved is in at the end, or "closed" where none moved; "mixed" where they
/// differ.
std::string breakers_at_the_end(const record&);
/// How often something stands on the timeline.
std::size_t happened(const record&, std::string_view event);
duration began(const record&, std::string_view phase);
/// True where the adapter's promises about writes were checked and held: none lost, none filed twice, all
/// accounted for.
bool writes_are_safe(const record&);

/// Asks for the end of the run as Ctrl-C does, as soon as a fault is active.
class interrupts_in_mid_fault final : public engine::progress {
 public:
  void scenario_started(const scenario::scenario&, std::string_view) override {}
  void experiment_started(const scenario::scenario&, const scenario::experiment&, std::size_t,
                          std::size_t) override {}
  void ticked(const engine::tick& t) override { pressed_ = pressed_ || t.faults_active > 0; }
  void experiment_ended(const reports::experiment_record&) override {}
  std::optional<int> signal() const { return pressed_ ? std::optional(2) : std::nullopt; }

 private:
  bool pressed_ = false;
};

}  // namespace epicenter::acceptance
