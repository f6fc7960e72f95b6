// Invariants: what must never happen, whatever the thresholds say. One file each, one line in the catalog.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/verdict/observations.hpp"
#include "reports/run_record.hpp"

namespace epicenter::verdict {

/// How an invariant came out: how much it looked at, and the first thing that broke it.
struct finding {
  reports::status status = reports::status::passed;
  std::uint64_t examined = 0;  ///< calls, writes, transitions, … that the invariant was checked over
  std::uint64_t violations = 0;
  std::string first;          ///< the first violation in one sentence, without patient data
  std::string examined_what;  ///< "writes"

  /// Counts a violation and keeps the words of the first.
  void violated(std::string sentence) {
    if (violations++ == 0) first = std::move(sentence);
    status = reports::status::failed;
  }
  /// The evidence has a hole: never passed.
  void inconclusive(std::string sentence) {
    if (status == reports::status::passed) {
      status = reports::status::inconclusive;
      first = std::move(sentence);
    }
  }
};

struct invariant_check {
  scenario::invariant_kind kind;
  finding (*judge)(const observations&, const scenario::invariant&);
};

/// The invariants this build can judge.
std::span<const invariant_check> invariant_catalog();
reports::check judge_invariant(const scenario::invariant&, const observations&);

finding no_lost_write(const observations&, const scenario::invariant&);
finding no_duplicate_write(const observations&, const scenario::invariant&);
finding every_write_accounted(const observations&, const scenario::invariant&);
finding no_use_of_expired_token(const observations&, const scenario::invariant&);
finding legal_circuit_transitions(const observations&, const scenario::invariant&);
finding retry_amplification(const observations&, const scenario::invariant&);
finding stale_within_bound(const observations&, const scenario::invariant&);
finding no_wrong_patient(const observations&, const scenario::invariant&);
finding no_phi_in_logs(const observations&, const scenario::invariant&);
finding audit_complete(const observations&, const scenario::invariant&);

}  // namespace epicenter::verdict
