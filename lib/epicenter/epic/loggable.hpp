// What of an event's texts may be written where people and programs read it: no name of a patient, no number
// of one, no token.
#pragma once

#include <string>
#include <string_view>

namespace epicenter::epic {

/// Stands for what is kept back.
inline constexpr std::string_view withheld = "withheld";

/// An operation's id: a UUID as it is. Callers may name operations as they like, and a name might be a
/// patient's: any other id is withheld.
std::string_view loggable_operation(std::string_view operation);

/// A name out of this library's own vocabulary ("breaker_open", "5xx"): lower-case letters, underscores, and
/// at most three digits. Anything else is withheld.
std::string_view loggable_name(std::string_view name);

/// The type of a resource or of a reference to it, where the adapter knows that type; else withheld.
std::string_view loggable_type(std::string_view type_or_reference);

/// A state of a write as the ledger names it ("NEEDS_REVIEW"); else withheld.
std::string_view loggable_state(std::string_view state);

/// Who acted on the system, as configured there: letters, digits and . _ @ -; at most 64. Else withheld.
std::string_view loggable_actor(std::string_view actor);

/// A sentence of this library's errors. A word stays where it is lower-case and short, a number of at most
/// three digits, or one of a few names of techniques; every other word becomes «*». At most 200 bytes.
std::string loggable_text(std::string_view text);

}  // namespace epicenter::epic
