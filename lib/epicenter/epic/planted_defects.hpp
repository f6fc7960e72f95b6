// Defects that a test build plants, to prove that the harness finds them. Both are off in every build that
// ships.
#pragma once

namespace epicenter::epic::planted_defects {

/// A create whose outcome is unknown is sent again, as if it were idempotent.
#ifdef EPICENTER_MUTANT_BLIND_RETRY
inline constexpr bool blind_retry_of_creates = true;
#else
inline constexpr bool blind_retry_of_creates = false;
#endif

/// Writes are sent without a ledger row; one whose outcome is unknown is forgotten.
#ifdef EPICENTER_MUTANT_LEDGER_OFF
inline constexpr bool ledger_off = true;
#else
inline constexpr bool ledger_off = false;
#endif

}  // namespace epicenter::epic::planted_defects
