// One scenario, all its experiments, under one clock.
#pragma once

#include <epicenter/base/result.hpp>
#include <functional>
#include <optional>

#include "harness/engine/progress.hpp"
#include "reports/run_record.hpp"

namespace epicenter::engine {

enum class clock_kind { real, virtual_time };
/// "real", "virtual"
std::string_view name_of(clock_kind);

struct run_options {
  clock_kind clock = clock_kind::virtual_time;
  std::uint64_t seed = 1;  ///< the root of all randomness
  std::string only;        ///< one experiment's name; empty: all
  bool warnings_fail = false;
  std::string proxy_api;  ///< URLs of processes that run already; both or none, real clock only
  std::string mock_admin;
  std::string scratch_dir;  ///< where ledgers lie under the real clock; empty: in memory
  progress* report_to = nullptr;
  std::function<std::optional<int>()> interrupted;
};

struct finished_run {
  reports::run_record record;
  std::optional<error>
      broken;                ///< what ended the run before its last experiment; the record holds those before
  std::uint64_t events = 0;  ///< of the virtual clock
  std::uint64_t event_hash = 0;  ///< over all events of the virtual clock: equal runs have equal hashes
  duration simulated{};
};

/// Runs the experiments one after the other, each with an adapter, ledger, cache, proxy and mock of its own.
/// The error side: nothing could be run (exit codes 6, 8). What went wrong inside the product throws
/// check_failed.
result<finished_run> run_scenario(const scenario::scenario&, const run_options&);

/// Compares the same scenario under two clocks, check by check and by exit code: one sentence a disagreement.
std::vector<std::string> disagreements(const reports::run_record& a, const reports::run_record& b);

}  // namespace epicenter::engine
