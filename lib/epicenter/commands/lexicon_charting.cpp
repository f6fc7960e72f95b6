// Vital signs and types of notes: LOINC. All but 2708-6 are of the reference (epic, section 6) and of the
// FHIR vital signs profile; 2708-6 checked against public implementation guides on 2026-11-26.
#include <epicenter/commands/lexicon_tables.hpp>

namespace epicenter::commands {

std::span<const entry> vital_table() {
  static constexpr std::array<entry, 7> table{{
      {.of = topic::vital,
       .phrases = "blood pressure|BP",
       .code = {loinc, "85354-9", "Blood pressure panel with all children optional"}},
      {.of = topic::vital, .phrases = "heart rate|pulse|HR", .code = {loinc, "8867-4", "Heart rate"}},
      {.of = topic::vital,
       .phrases = "respiratory rate|respirations|resp rate|RR",
       .code = {loinc, "9279-1", "Respiratory rate"}},
      {.of = topic::vital, .phrases = "temperature|temp", .code = {loinc, "8310-5", "Body temperature"}},
      {.of = topic::vital,
       .phrases = "oxygen saturation|SpO2|pulse ox|O2 sat|O2 saturation|sats",
       .code = {loinc, "59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"},
       .also = {loinc, "2708-6", "Oxygen saturation in Arterial blood"}},
      {.of = topic::vital, .phrases = "weight|body weight", .code = {loinc, "29463-7", "Body weight"}},
      {.of = topic::vital, .phrases = "height|body height", .code = {loinc, "8302-2", "Body height"}},
  }};
  return table;
}

std::span<const entry> note_table() {
  static constexpr std::array<entry, 3> table{{
      {.of = topic::note_type, .phrases = "progress note", .code = {loinc, "11506-3", "Progress note"}},
      {.of = topic::note_type,
       .phrases = "consult note|consultation note|consult",
       .code = {loinc, "11488-4", "Consult note"}},
      {.of = topic::note_type,
       .phrases = "H&P|history and physical|H and P note",
       .code = {loinc, "34117-2", "History and physical note"}},
  }};
  return table;
}

}  // namespace epicenter::commands
