#include "reports/summary.hpp"

#include <algorithm>
#include <epicenter/base/units.hpp>

namespace epicenter::reports {
namespace {

class painter {
 public:
  explicit painter(bool on) : on_(on) {}
  std::string operator()(std::string_view code, const std::string& text) const {
    return on_ ? "\033[" + std::string(code) + "m" + text + "\033[0m" : text;
  }
  std::string status(reports::status s, const std::string& text) const {
    switch (s) {
      case reports::status::passed:
        return (*this)("32", text);
      case reports::status::warning:
        return (*this)("33", text);
      case reports::status::inconclusive:
        return (*this)("35", text);
      case reports::status::failed:
        return (*this)("31;1", text);
    }
    return text;
  }
  std::string level(std::string_view l, const std::string& text) const {
    if (l == "healthy") return (*this)("32", text);
    if (l == "warning") return (*this)("33", text);
    if (l == "critical") return (*this)("31", text);
    return text;
  }

 private:
  bool on_;
};

/// Characters that a terminal shows: UTF-8 continuation bytes take no column.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t columns) {
  const auto shown = width(text);
  if (shown < columns) text.append(columns - shown, ' ');
  return text;
}

std::string word(status s) {
  switch (s) {
    case status::passed:
      return "PASSED";
    case status::warning:
      return "WARNING";
    case status::inconclusive:
      return "INCONCLUSIVE";
    case status::failed:
      return "FAILED";
  }
  return "FAILED";
}

std::string cell_of(const phase_record& p, std::size_t row) {
  if (row >= p.figures.size()) return "-";
  const auto& f = p.figures[row];
  return f.shown() + (f.level.empty() ? "" : " " + f.level);
}

/// Metric by phase. A figure carries its level; the bounds stand once, at the right.
std::string table_of(const experiment_record& e, const painter& paint) {
  if (e.phases.empty()) return {};
  const auto& rows = e.phases.front().figures;
  std::size_t name_width = 16;
  std::size_t cell_width = 18;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    name_width = std::max(name_width, width(rows[row].metric));
    for (const auto& p : e.phases) cell_width = std::max(cell_width, width(cell_of(p, row)));
  }
  name_width += 2;
  cell_width += 2;
  std::string text = "    " + padded("", name_width);
  for (const auto& p : e.phases) text += padded(p.name, cell_width);
  text += "bounds\n";
  for (std::size_t row = 0; row < rows.size(); ++row) {
    text += "    " + padded(rows[row].metric, name_width);
    for (const auto& p : e.phases) {
      const auto cell = padded(cell_of(p, row), cell_width);
      text += row < p.figures.size() ? paint.level(p.figures[row].level, cell) : cell;
    }
    text += rows[row].bounds + "\n";
  }
  text += "    " + padded("operations", name_width);
  for (const auto& p : e.phases) text += padded(std::to_string(p.operations), cell_width);
  return text + "\n";
}

std::string check_line(const check& c, const painter& paint) {
  std::string text = "    " + paint.status(c.status, padded(word(c.status), 13)) +
                     (c.phase.empty() ? "" : c.phase + ": ") + c.name + ": " + c.value;
  if (!c.message.empty()) text += "\n                 " + c.message;
  if (c.status != status::passed && c.kind != "invariant") text += "\n                 wanted: " + c.wanted;
  if (c.status != status::passed && c.place.line != 0) text += "\n                 at " + c.place.text();
  return text + "\n";
}

std::string counted(std::uint64_t n, const char* what) {
  return std::to_string(n) + " " + what;
}

std::string counts_line(const experiment_record& e) {
  const auto of = [&](const char* name) {
    const auto it = e.counters.find(name);
    return it == e.counters.end() ? std::uint64_t{0} : it->second;
  };
  std::uint64_t operations = 0;
  for (const auto& [name, op] : e.operations) operations += op.started;
  std::string text = "    " + counted(operations, "operations, ") + counted(of("calls"), "calls to Epic, ") +
                     counted(of("retries"), "retries, ") +
                     counted(of("stale_served"), "stale answers; writes:");
  if (e.writes.empty()) text += " none";
  for (const auto& [state, n] : e.writes) text += " " + std::to_string(n) + " " + state;
  return text + "\n";
}

}  // namespace

std::string summary_of(const experiment_record& e, const summary_options& options) {
  const painter paint(options.color);
  std::string text = paint.status(e.status, padded(word(e.status), 13)) + paint("1", e.name) + "  (" +
                     format_duration(duration(e.lasted.count() / 1'000'000'000 * 1'000'000'000)) + ")\n";
  text += "    " + e.hypothesis + "\n";
  text += table_of(e, paint);
  for (const auto& f : e.faults) {
    text += "    fault " + f.name + ": " + std::to_string(f.injected) + " of " + std::to_string(f.touched) +
            " calls hit\n";
  }
  std::size_t passed = 0;
  for (const auto& c : e.checks) {
    passed += c.status <= status::warning;
    const bool remarkable = c.status != status::passed || (options.all_checks && c.kind != "threshold");
    if (remarkable) text += check_line(c, paint);
  }
  text += "    " + std::to_string(passed) + " of " + std::to_string(e.checks.size()) + " checks passed\n";
  return text + counts_line(e);
}

std::string closing_of(const run_record& run, const std::string& folder, const summary_options& options) {
  const painter paint(options.color);
  std::string text =
      "\n" + run.scenario + ", " + run.clock + " time, seed " + std::to_string(run.seed) + "\n";
  for (const auto& e : run.experiments) {
    text += "  " + paint.status(e.status, padded(word(e.status), 13)) + e.name + "\n";
  }
  text += "  verdict: " + paint.status(run.status, word(run.status)) + ", exit code " +
          std::to_string(run.exit_code) + " (" + std::string(meaning_of(run.exit_code)) + ")\n";
  if (run.status > status::warning) {
    if (!run.runbook.empty()) text += "  runbook: " + run.runbook + "\n";
    if (!run.owner.empty()) text += "  owner: " + run.owner + "\n";
  }
  text += "  reports: " + folder + "\n";
  return text;
}

std::string comparison_of(const run_record& a, const run_record& b, const summary_options& options) {
  const painter paint(options.color);
  constexpr std::size_t name_width = 32;
  constexpr std::size_t cell_width = 22;
  std::string text = "  " + padded("", name_width) + padded(a.clock, cell_width) + b.clock + "\n";
  for (const auto& left : a.experiments) {
    const auto right = std::find_if(b.experiments.begin(), b.experiments.end(),
                                    [&](const auto& e) { return e.name == left.name; });
    if (right == b.experiments.end()) continue;
    text += "  " + paint("1", left.name) + "\n";
    for (std::size_t p = 0; p < std::min(left.phases.size(), right->phases.size()); ++p) {
      const auto& one = left.phases[p];
      const auto& other = right->phases[p];
      for (std::size_t row = 0; row < one.figures.size(); ++row) {
        text += "  " + padded("  " + one.name + " " + one.figures[row].metric, name_width) +
                padded(cell_of(one, row), cell_width) + cell_of(other, row) + "\n";
      }
    }
  }
  return text;
}

std::string_view meaning_of(int exit_code) {
  switch (exit_code) {
    case 0:
      return "passed";
    case 1:
      return "failed";
    case 2:
      return "wrong command line";
    case 3:
      return "invalid scenario";
    case 4:
      return "inconclusive";
    case 5:
      return "stopped by a stop condition";
    case 6:
      return "refused by the blast-radius guard";
    case 7:
      return "rollback not confirmed";
    case 8:
      return "environment";
    case 70:
      return "internal error";
    case 130:
      return "interrupted";
    case 143:
      return "terminated";
    default:
      return "unknown";
  }
}

}  // namespace epicenter::reports
