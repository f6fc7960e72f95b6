#include "harness/cli/terminal_progress.hpp"

#include <fmt/core.h>
#include <epicenter/base/units.hpp>

#include "reports/summary.hpp"

namespace epicenter::cli {
namespace {

std::string whole_seconds(duration d) {
  return format_duration(std::chrono::floor<std::chrono::seconds>(d));
}

}  // namespace

void terminal_progress::clear_line() {
  if (line_open_) fmt::print(stderr, "\r\033[K");
  line_open_ = false;
}

void terminal_progress::scenario_started(const scenario::scenario& s, std::string_view clock) {
  fmt::print(stderr, "{}{}{} ({} time)\n", s.name, s.title.empty() ? "" : ": ", s.title, clock);
}

void terminal_progress::experiment_started(const scenario::scenario&, const scenario::experiment& e,
                                           std::size_t number, std::size_t of) {
  where_ = fmt::format("[{}/{}] {}", number, of, e.name);
  last_phase_ = scenario::phase::recovery;
  if (!live_) fmt::print(stderr, "{} …\n", where_);
}

void terminal_progress::ticked(const engine::tick& t) {
  if (live_) {
    fmt::print(stderr, "\r\033[K{}  {}  {} of {}  {} operations, {} failed  {} fault{}  circuit {}", where_,
               name_of(t.phase), whole_seconds(t.elapsed), whole_seconds(t.total), t.operations, t.failed,
               t.faults_active, t.faults_active == 1 ? "" : "s", t.circuit);
    std::fflush(stderr);
    line_open_ = true;
  } else if (t.phase != last_phase_) {
    fmt::print(stderr, "{}  {} at {} of {}, {} operations so far\n", where_, name_of(t.phase),
               whole_seconds(t.elapsed), whole_seconds(t.total), t.operations);
  }
  last_phase_ = t.phase;
}

void terminal_progress::experiment_ended(const reports::experiment_record&) {
  clear_line();
}

}  // namespace epicenter::cli
