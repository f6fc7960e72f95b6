// Defects that a test build plants, to prove that the harness finds them. All are off in every build that
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

/// A search that finds nothing is taken for a proof, whatever the site does with identifiers.
#ifdef EPICENTER_MUTANT_RESEND_ON_A_MISS
inline constexpr bool resend_on_a_miss = true;
#else
inline constexpr bool resend_on_a_miss = false;
#endif

/// Whose a resource is, is not looked at.
#ifdef EPICENTER_MUTANT_UNGUARDED
inline constexpr bool unguarded = true;
#else
inline constexpr bool unguarded = false;
#endif

}  // namespace epicenter::epic::planted_defects
