#include <array>
#include <epicenter/policy/flag.hpp>

namespace epicenter::policy {

std::span<const flag_definition> standard_flags() {
  static const std::array<flag_definition, 3> table{{
      {"epic_fhir_read_only", true,
       "Data is read from Epic. Off: every read is refused, and cached context serves."},
      {"epic_fhir_write", true,
       "Orders, notes and other writes are sent to Epic. Off: new ones are refused."},
      {"epic_voice_commands", true, "Dictated commands are carried out. Off: they are refused."},
  }};
  return table;
}

}  // namespace epicenter::policy
