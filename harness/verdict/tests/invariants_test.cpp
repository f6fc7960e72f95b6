// Each invariant passes on a sound record and fails on each defect that it is there for.
#include "harness/verdict/invariants/invariant.hpp"

#include <functional>
#include <set>

#include "harness/verdict/tests/support.hpp"

namespace epicenter::verdict {
namespace {

using namespace testing;
using reports::status;
using scenario::invariant_kind;
using ::testing::HasSubstr;

reports::check judged(invariant_kind kind, const observations& seen) {
  scenario::invariant asked;
  asked.kind = kind;
  asked.mark = {"t.yaml", 40, 5};
  if (kind == invariant_kind::retry_amplification) asked.at_most = 3'000'000;
  return judge_invariant(asked, seen);
}

struct planted {
  invariant_kind kind;
  const char* defect;
  std::function<void(observations&)> plant;
  status wanted;
  const char* says;  ///< in the message
};

write_asked& write_of(observations& seen, std::size_t i) {
  return seen.writes_asked.at(i);
}

const std::vector<planted>& writes() {
  using k = invariant_kind;
  static const std::vector<planted> all{
      {k::no_lost_write, "told WRITTEN, not filed",
       [](auto& s) {
         s.commits.erase(s.commits.begin() + 3);
         s.ledger[3].state = "UNKNOWN";
       },
       status::failed, "op-60 is WRITTEN for its caller"},
      {k::no_lost_write, "WRITTEN in the ledger, not filed",
       [](auto& s) {
         s.commits.erase(s.commits.begin() + 3);
         write_of(s, 3).told = "UNKNOWN";
       },
       status::failed, "op-60 is WRITTEN in the ledger"},
      {k::no_lost_write, "journal with a hole",
       [](auto& s) {
         s.commits.erase(s.commits.begin() + 3);
         s.commits_missing = 1;
       },
       status::inconclusive, "no longer holds every commit"},
      {k::no_lost_write, "journal not read",
       [](auto& s) {
         s.commits.clear();
         s.commits_known = false;
       },
       status::inconclusive, "was not read"},
      {k::no_duplicate_write, "filed twice", [](auto& s) { s.commits.push_back(s.commits.front()); },
       status::failed, "op-0 was filed 2 times"},
      {k::no_duplicate_write, "filed twice, and a hole",
       [](auto& s) {
         s.commits.push_back(s.commits.front());
         s.commits_missing = 2;
       },
       status::failed, "op-0 was filed 2 times"},
      {k::no_duplicate_write, "a hole", [](auto& s) { s.commits_missing = 2; }, status::inconclusive,
       "no longer holds"},
      {k::every_write_accounted, "silently gone", [](auto& s) { s.ledger.erase(s.ledger.begin() + 1); },
       status::failed, "op-20 (caller told WRITTEN) has no ledger row"},
      {k::every_write_accounted, "never answered, no row",
       [](auto& s) {
         s.writes_asked.push_back({"op-x", "UNANSWERED"});
       },
       status::failed, "op-x (caller told UNANSWERED) has no ledger row"},
      {k::every_write_accounted, "refused, and filed all the same",
       [](auto& s) {
         s.writes_asked.push_back({"op-x", "REFUSED"});
         s.commits.push_back({"op-x", "DocumentReference/9"});
       },
       status::failed, "op-x (caller told REFUSED)"},
      {k::every_write_accounted, "still open at the end",
       [](auto& s) {
         s.ledger[1].state = "UNKNOWN";
         write_of(s, 1).told = "UNKNOWN";
       },
       status::failed, "op-20 is still UNKNOWN"},
      {k::every_write_accounted, "told one thing, recorded another",
       [](auto& s) { s.ledger[1].state = "NEEDS_REVIEW"; }, status::failed,
       "told WRITTEN, the ledger says NEEDS_REVIEW"},
      {k::every_write_accounted, "filed without a row",
       [](auto& s) {
         s.commits.push_back({"op-y", "DocumentReference/9"});
       },
       status::failed, "op-y that is in no ledger"},
      {k::every_write_accounted, "NOT_SENT, but Epic has it",
       [](auto& s) {
         s.ledger[1].state = "NOT_SENT";
         write_of(s, 1).told = "NOT_SENT";
       },
       status::failed, "op-20 is NOT_SENT but Epic has it"},
      {k::every_write_accounted, "REJECTED, but Epic has it",
       [](auto& s) {
         s.ledger[1].state = "REJECTED";
         write_of(s, 1).told = "REJECTED";
       },
       status::failed, "op-20 is REJECTED but Epic has it"},
      {k::every_write_accounted, "two rows", [](auto& s) { s.ledger.push_back(s.ledger.front()); },
       status::failed, "op-0 has two ledger rows"},
      {k::every_write_accounted, "a hole in the journal", [](auto& s) { s.commits_missing = 1; },
       status::inconclusive, "no longer holds"},
  };
  return all;
}

const std::vector<planted>& calls() {
  using k = invariant_kind;
  static const std::vector<planted> all{
      {k::no_use_of_expired_token, "at its very expiry",
       [](auto& s) { s.calls[7].token_expires_at = s.calls[7].started; }, status::failed,
       "call op-7.1.1 left with token 1 past its expiry"},
      {k::no_use_of_expired_token, "after its 401",
       [](auto& s) {
         s.calls[7].status = 401;
         for (std::size_t i = 9; i < s.calls.size(); ++i) s.calls[i].token = 2;
       },
       status::failed, "call op-8.1.1 left with token 1 after a 401"},
      {k::no_use_of_expired_token, "the earliest of two 401 counts",
       [](auto& s) {
         s.calls[7].status = 401;
         s.calls[7].ended = s.calls[7].started + 10s;
         s.calls[8].status = 401;
         for (std::size_t i = 10; i < s.calls.size(); ++i) s.calls[i].token = 2;
       },
       status::failed, "call op-9.1.1"},
      {k::legal_circuit_transitions, "an edge that is none", [](auto& s) { s.circuits[1].legal = false; },
       status::failed, "read: open → half_open by error_rate: no such edge"},
      {k::legal_circuit_transitions, "a jump", [](auto& s) { s.circuits.erase(s.circuits.begin() + 1); },
       status::failed, "half_open → closed by error_rate, but it was open"},
      {k::legal_circuit_transitions, "not from closed",
       [](auto& s) { s.circuits.push_back(change(23s, write_class, "open", "half_open")); }, status::failed,
       "write: open → half_open by error_rate, but it was closed"},
      {k::retry_amplification, "more than three for one",
       [](auto& s) {
         for (int i = 0; i < 1201; ++i) s.calls.push_back(call("again", 29s + 950ms, read_class, false));
       },
       status::failed, "amplification was 3.001, at most 3"},
      {k::retry_amplification, "no call at all", [](auto& s) { s.calls.clear(); }, status::inconclusive,
       "no call was sent"},
      {k::stale_within_bound, "a nanosecond too old",
       [](auto& s) { s.stale[0].age = s.stale[0].bound + 1ns; }, status::failed, "op-240 was served data"},
      {k::no_wrong_patient, "another patient's allergy",
       [](auto& s) {
         s.foreign.push_back({"op-7", "AllergyIntolerance"});
       },
       status::failed, "op-7 was shown AllergyIntolerance of another patient"},
      {k::no_phi_in_logs, "a name in a log line",
       [](auto& s) {
         s.texts.push_back({"a log line", "patient Camila not found"});
       },
       status::failed, "patient data in a log line at character 9"},
      {k::no_phi_in_logs, "a birth date at the very end",
       [](auto& s) {
         s.texts.push_back({"an error", "born 1987-09-12"});
       },
       status::failed, "at character 6"},
      {k::no_phi_in_logs, "nothing to look for", [](auto& s) { s.patient_phrases.clear(); },
       status::inconclusive, "no patient data was known"},
      {k::no_phi_in_logs, "only words that are everywhere",
       [](auto& s) {
         s.patient_phrases = {"Li", "M"};
       },
       status::inconclusive, "no patient data was known"},
      {k::no_phi_in_logs, "nothing to look in", [](auto& s) { s.texts.clear(); }, status::inconclusive,
       "no text was captured"},
      {k::audit_complete, "a gap", [](auto& s) { s.audit.erase(s.audit.begin() + 4, s.audit.begin() + 6); },
       status::failed, "skips from entry 4 to 7"},
      {k::audit_complete, "the first entry is gone", [](auto& s) { s.audit.erase(s.audit.begin()); },
       status::failed, "skips from entry 0 to 2"},
      {k::audit_complete, "a call without intent",
       [](auto& s) { s.calls.push_back(call("unseen.1.1", 29s + 950ms)); }, status::failed,
       "call unseen.1.1 has no intent"},
      {k::audit_complete, "a call without outcome", [](auto& s) { s.audit.pop_back(); }, status::failed,
       "op-599.1.1 has no outcome"},
      {k::audit_complete, "a write without outcome",
       [](auto& s) {
         s.ledger.push_back({"late", "NEEDS_REVIEW", ""});
         s.audit.push_back({s.audit.back().seq + 1, true, "ehr.write", "late"});
       },
       status::failed, "write late has no outcome"},
      {k::audit_complete, "the outcome first",
       [](auto& s) { std::swap(s.audit[0].intent, s.audit[1].intent); }, status::failed,
       "outcome before its intent"},
      {k::audit_complete, "one stage twice", [](auto& s) { s.audit[1].intent = true; }, status::failed,
       "two entries of one stage"},
  };
  return all;
}

void expect_found(const std::vector<planted>& all) {
  for (const auto& p : all) {
    auto seen = sound_experiment();
    p.plant(seen);
    const auto check = judged(p.kind, seen);
    EXPECT_EQ(check.status, p.wanted) << check.name << ": " << p.defect << ": " << check.message;
    EXPECT_THAT(check.message, HasSubstr(p.says)) << check.name << ": " << p.defect;
    EXPECT_EQ(check.place.line, 40);
  }
}

TEST(invariants, pass_on_a_sound_record_and_say_over_how_much) {
  for (const auto& known : invariant_catalog()) {
    const auto check = judged(known.kind, sound_experiment());
    EXPECT_EQ(check.status, status::passed) << check.name << ": " << check.message;
    EXPECT_THAT(check.value, ::testing::StartsWith("0 broken in "));
    EXPECT_THAT(check.value, ::testing::Not(HasSubstr(" in 0 "))) << check.name;
  }
}

TEST(invariants, planted_defects_of_writes_are_found) {
  expect_found(writes());
}

TEST(invariants, planted_defects_of_calls_and_outputs_are_found) {
  expect_found(calls());
}

TEST(invariants, every_one_of_the_catalog_is_shown_to_fail) {
  std::set<invariant_kind> shown;
  for (const auto* all : {&writes(), &calls()}) {
    for (const auto& p : *all) {
      if (p.wanted == status::failed) shown.insert(p.kind);
    }
  }
  for (const auto& known : invariant_catalog())
    EXPECT_TRUE(shown.contains(known.kind)) << name_of(known.kind);
}

TEST(invariants, what_the_format_calls_supported_can_be_judged_and_nothing_else) {
  for (const auto& facts : scenario::all_invariants()) {
    const auto check = judged(facts.id, sound_experiment());
    EXPECT_EQ(check.status == status::inconclusive, !facts.supported) << facts.name;
  }
}

TEST(invariants, allow_what_is_not_broken) {
  auto seen = sound_experiment();
  seen.writes_asked.push_back({"op-x", "REFUSED"});  // no row, and nothing in Epic: the caller knows
  seen.ledger[2].state = "WRITTEN";
  seen.writes_asked[2].told = "UNKNOWN";  // reconciled later
  EXPECT_EQ(judged(invariant_kind::every_write_accounted, seen).status, status::passed);
  seen.calls[7].status = 401;
  seen.calls[7].ended = seen.calls[8].started;
  for (std::size_t i = 9; i < seen.calls.size(); ++i) seen.calls[i].token = 2;  // 8 left at that very instant
  EXPECT_EQ(judged(invariant_kind::no_use_of_expired_token, seen).status, status::passed);
  seen.stale[0].age = seen.stale[0].bound;
  EXPECT_EQ(judged(invariant_kind::stale_within_bound, seen).status, status::passed);
  for (int i = 0; i < 1200; ++i) seen.calls.push_back(call("again", 29s + 950ms, read_class, false));
  EXPECT_EQ(judged(invariant_kind::retry_amplification, seen).status, status::passed)
      << "exactly three for one";
  seen.calls.clear();
  seen.calls.push_back(call("op-599.1.1", 29s));
  seen.calls.back().ended.reset();
  seen.audit.pop_back();
  EXPECT_EQ(judged(invariant_kind::audit_complete, seen).status, status::passed)
      << "under way: no outcome yet";
}

TEST(invariants, the_message_never_quotes_patient_data) {
  auto seen = sound_experiment();
  seen.texts.push_back({"a log line", "Camila 1987-09-12 Z6129"});
  const auto check = judged(invariant_kind::no_phi_in_logs, seen);
  ASSERT_EQ(check.status, status::failed);
  for (const auto& phrase : seen.patient_phrases)
    EXPECT_THAT(check.message, ::testing::Not(HasSubstr(phrase)));
}

}  // namespace
}  // namespace epicenter::verdict
