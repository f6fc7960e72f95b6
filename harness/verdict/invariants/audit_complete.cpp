#include <map>

#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {
namespace {

struct stages {
  std::uint64_t intent = 0;  ///< seq, 0: none
  std::uint64_t outcome = 0;
};

}  // namespace

/// Each call and each write has one intent and one outcome in the audit log, in this order; the numbers have
/// no gap.
finding audit_complete(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "calls and writes";
  std::map<std::string_view, stages> by_subject;
  std::uint64_t expected = 1;
  for (const auto& e : seen.audit) {
    if (e.seq != expected++)
      f.violated("the audit log skips from entry " + std::to_string(expected - 2) + " to " +
                 std::to_string(e.seq));
    expected = e.seq + 1;
    auto& s = by_subject[e.subject];
    auto& slot = e.intent ? s.intent : s.outcome;
    if (slot != 0) f.violated("audit subject " + e.subject + " has two entries of one stage");
    slot = e.seq;
  }
  const auto examine = [&](const std::string& subject, const char* what, bool ended) {
    ++f.examined;
    const auto it = by_subject.find(subject);
    if (it == by_subject.end() || it->second.intent == 0) {
      f.violated(std::string(what) + " " + subject + " has no intent in the audit log");
    } else if (ended && it->second.outcome == 0) {
      f.violated(std::string(what) + " " + subject + " has no outcome in the audit log");
    } else if (it->second.outcome != 0 && it->second.outcome < it->second.intent) {
      f.violated(std::string(what) + " " + subject + " has its outcome before its intent");
    }
  };
  for (const auto& call : seen.calls) examine(call.id, "call", call.ended.has_value());
  for (const auto& row : seen.ledger) examine(row.operation, "write", true);
  return f;
}

}  // namespace epicenter::verdict
