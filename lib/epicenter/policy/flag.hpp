// The table of feature flags.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace epicenter::policy {

/// A flag by its place in the table: the standard ones first, then those the application adds.
struct flag {
  std::uint16_t index = 0;
  friend bool operator==(flag, flag) = default;
};

/// «Read only» names the feature of reading, not a restriction: off, nothing is read either (runbook,
/// section 8, turns both off to shut Epic down).
inline constexpr flag epic_fhir_read_only{0};
inline constexpr flag epic_fhir_write{1};
inline constexpr flag epic_voice_commands{2};

struct flag_definition {
  std::string name;  ///< a-z, 0-9 and _, at most 64
  bool on_by_default = false;
  std::string description;  ///< one sentence
};

/// In the order of the constants above.
std::span<const flag_definition> standard_flags();

}  // namespace epicenter::policy
