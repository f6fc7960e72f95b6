// JUnit XML as GitLab, Jenkins and GitHub's actions read it: one suite an experiment, one case a check, names
// unique (GitLab drops duplicates), failure for a verdict, error for what is inconclusive.
#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "reports/format.hpp"

namespace epicenter::reports {
namespace {

struct character {
  std::uint32_t code = 0;
  std::size_t length = 0;  ///< bytes; 0: not UTF-8
};

/// The character that a text of at least one byte begins with.
character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const auto lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t code = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr std::array<std::uint32_t, 5> shortest{0, 0, 0x80, 0x800, 0x10000};
  if (code < shortest[length] || code > 0x10FFFF) return {};
  return {code, length};
}

/// What XML 1.0 can hold at all, be it written as a reference (w3.org/TR/xml, section 2.2).
bool xml_holds(std::uint32_t code) {
  if (code < 0x20) return code == 0x9 || code == 0xA || code == 0xD;
  return (code < 0xD800 || code > 0xDFFF) && code != 0xFFFE && code != 0xFFFF;
}

/// XML 1.0 text: markup escaped; what XML cannot hold, and what is not UTF-8, replaced. One such character in
/// an error from outside would cost the whole report.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto [code, length] = first_of(text);
    const auto taken = std::max<std::size_t>(length, 1);
    if (length == 0 || !xml_holds(code)) {
      out += '?';
    } else if (code == '&') {
      out += "&amp;";
    } else if (code == '<') {
      out += "&lt;";
    } else if (code == '>') {
      out += "&gt;";
    } else if (code == '"') {
      out += "&quot;";
    } else if (code < 0x20) {
      out += "&#" + std::to_string(code) + ";";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(taken);
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(value) + "\"";
}

std::string property(std::string_view name, std::string_view value) {
  return "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
}

std::string seconds(duration d) {
  auto text = std::to_string(1'000'000 + d.count() / 1'000 % 1'000'000).substr(1);
  return std::to_string(d.count() / 1'000'000'000) + "." + text;
}

std::string unique_name(const check& c, std::set<std::string>& taken) {
  const std::string wanted = c.phase.empty() ? c.kind + ": " + c.name : c.phase + ": " + c.name;
  std::string name = wanted;
  for (int n = 2; !taken.insert(name).second; ++n) name = wanted + " (" + std::to_string(n) + ")";
  return name;
}

/// As CI is to see it: where warnings were asked to fail, the exit code and this file say the same.
status shown_status(const run_record& run, const check& c) {
  return c.status == status::warning && run.warnings_fail ? status::failed : c.status;
}

std::string testcase(const run_record& run, const experiment_record& e, const check& c,
                     const std::string& name, duration time) {
  std::string xml = "    <testcase" + attribute("classname", run.scenario + "." + e.name) +
                    attribute("name", name) + attribute("time", seconds(time));
  if (c.place.line != 0) {
    xml += attribute("file", c.place.file) + attribute("line", std::to_string(c.place.line));
  }
  const auto body = "value: " + c.value + "\nwanted: " + c.wanted + "\nseed: " + std::to_string(run.seed) +
                    (run.runbook.empty() ? "" : "\nrunbook: " + run.runbook) +
                    (run.owner.empty() ? "" : "\nowner: " + run.owner);
  const std::string message = (c.message.empty() ? c.name : c.message) + " (" + c.value + ")";
  switch (shown_status(run, c)) {
    case status::passed:
    case status::warning:
      return xml + "/>\n";
    case status::failed:
      return xml + ">\n      <failure" + attribute("message", message) + attribute("type", c.kind) + ">" +
             escaped(body) + "</failure>\n    </testcase>\n";
    case status::inconclusive:
      return xml + ">\n      <error" + attribute("message", message) + attribute("type", "inconclusive") +
             ">" + escaped(body) + "</error>\n    </testcase>\n";
  }
  return xml;
}

std::string suite(const run_record& run, const experiment_record& e) {
  std::size_t failures = 0;
  std::size_t errors = 0;
  for (const auto& c : e.checks) {
    failures += shown_status(run, c) == status::failed;
    errors += c.status == status::inconclusive;
  }
  std::string xml = "  <testsuite" + attribute("name", run.scenario + "." + e.name) +
                    attribute("tests", std::to_string(e.checks.size())) +
                    attribute("failures", std::to_string(failures)) +
                    attribute("errors", std::to_string(errors)) + attribute("time", seconds(e.lasted)) +
                    ">\n    <properties>\n";
  xml += property("clock", run.clock) + property("seed", std::to_string(run.seed));
  xml += property("experiment_seed", std::to_string(e.seed)) + property("hypothesis", e.hypothesis);
  for (const auto& p : e.phases) {
    for (const auto& f : p.figures) xml += property(p.name + "." + f.metric, f.shown());
  }
  xml += "    </properties>\n";
  std::set<std::string> taken;
  bool first = true;
  for (const auto& c : e.checks) {
    // The whole time of the experiment stands at its first case: CI systems add the cases up.
    xml += testcase(run, e, c, unique_name(c, taken), first ? e.lasted : 0ns);
    first = false;
  }
  return xml + "  </testsuite>\n";
}

}  // namespace

std::string junit_xml(const run_record& run, const run_meta&) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", run.scenario) + ">\n";
  for (const auto& e : run.experiments) xml += suite(run, e);
  return xml + "</testsuites>\n";
}

}  // namespace epicenter::reports
