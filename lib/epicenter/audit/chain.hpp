// The hash chain: each entry's hash covers the one before it (reference: epic, section 5.5).
#pragma once

#include <epicenter/audit/entry.hpp>
#include <string>
#include <string_view>

namespace epicenter::audit {

/// An entry as it is stored: patient data only as ciphertext, which is what the hash covers, so that the
/// chain outlives the key.
struct chained_entry {
  entry what;          ///< phi is empty
  std::string sealed;  ///< the patient data
  std::string previous_hash;
  std::string hash;
  bool well_formed = true;  ///< false: a column holds what no log writes there
};

inline constexpr std::size_t hash_bytes = 32;

/// The entry as canonical JSON after RFC 8785 (sorted members, shortest escapes, no spaces); the time is a
/// string of nanoseconds, as it does not fit a JSON number; the ciphertext is hexadecimal.
std::string canonical(const entry&, std::string_view sealed);
/// SHA-256(previous || length of the text, 8 bytes, big end first || text).
std::string next_hash(std::string_view previous, std::string_view canonical_text);
/// What stands in for the hash before the first entry: it names the log, so that no chain continues another.
std::string first_hash(std::string_view log_id);

std::string to_hex(std::string_view bytes);
/// Empty where the text is not hexadecimal.
std::string from_hex(std::string_view text);
/// The text with every byte that is no UTF-8 replaced: what is hashed has to be what is read.
std::string clean(std::string_view text);

}  // namespace epicenter::audit
