#include <array>

#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {
namespace {

using scenario::invariant_kind;

constexpr std::array catalog{
    invariant_check{invariant_kind::no_lost_write, no_lost_write},
    invariant_check{invariant_kind::no_duplicate_write, no_duplicate_write},
    invariant_check{invariant_kind::every_write_accounted, every_write_accounted},
    invariant_check{invariant_kind::no_use_of_expired_token, no_use_of_expired_token},
    invariant_check{invariant_kind::legal_circuit_transitions, legal_circuit_transitions},
    invariant_check{invariant_kind::retry_amplification, retry_amplification},
    invariant_check{invariant_kind::stale_within_bound, stale_within_bound},
    invariant_check{invariant_kind::no_wrong_patient, no_wrong_patient},
    invariant_check{invariant_kind::no_phi_in_logs, no_phi_in_logs},
    invariant_check{invariant_kind::audit_complete, audit_complete},
};

}  // namespace

std::span<const invariant_check> invariant_catalog() {
  return catalog;
}

reports::check judge_invariant(const scenario::invariant& invariant, const observations& seen) {
  reports::check check;
  check.kind = "invariant";
  check.name = std::string(name_of(invariant.kind));
  check.wanted = std::string(scenario::all_invariants()[static_cast<std::size_t>(invariant.kind)].meaning);
  check.place = {invariant.mark.file, invariant.mark.line, invariant.mark.column};
  for (const auto& known : catalog) {
    if (known.kind != invariant.kind) continue;
    const finding f = known.judge(seen, invariant);
    check.status = f.status;
    check.value =
        std::to_string(f.violations) + " broken in " + std::to_string(f.examined) + " " + f.examined_what;
    check.message = f.first;
    return check;
  }
  check.status = reports::status::inconclusive;
  check.message = "this build cannot judge it";
  return check;
}

}  // namespace epicenter::verdict
