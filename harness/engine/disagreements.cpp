#include <map>

#include "harness/engine/run.hpp"

namespace epicenter::engine {
namespace {

/// Pass, fail or inconclusive, by experiment, phase and check. A warning is a pass with a remark, and levels
/// may differ between the clocks.
std::map<std::string, std::string> verdicts_of(const reports::run_record& run) {
  std::map<std::string, std::string> all;
  for (const auto& e : run.experiments) {
    for (const auto& c : e.checks) {
      const auto status = c.status == reports::status::warning ? reports::status::passed : c.status;
      all.emplace(e.name + " / " + (c.phase.empty() ? "" : c.phase + ": ") + c.name, name_of(status));
    }
  }
  return all;
}

}  // namespace

std::vector<std::string> disagreements(const reports::run_record& a, const reports::run_record& b) {
  std::vector<std::string> found;
  const auto left = verdicts_of(a);
  const auto right = verdicts_of(b);
  for (const auto& [name, verdict] : left) {
    const auto it = right.find(name);
    if (it == right.end()) {
      found.push_back(name + ": " + verdict + " under " + a.clock + ", not judged under " + b.clock);
    } else if (it->second != verdict) {
      found.push_back(name + ": " + verdict + " under " + a.clock + ", " + it->second + " under " + b.clock);
    }
  }
  for (const auto& [name, verdict] : right) {
    if (!left.contains(name)) {
      found.push_back(name + ": " + verdict + " under " + b.clock + ", not judged under " + a.clock);
    }
  }
  if (a.exit_code != b.exit_code) {
    found.push_back("exit code " + std::to_string(a.exit_code) + " under " + a.clock + ", " +
                    std::to_string(b.exit_code) + " under " + b.clock);
  }
  return found;
}

}  // namespace epicenter::engine
