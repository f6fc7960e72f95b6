// The types of audit events.
#pragma once

#include <array>
#include <string_view>

namespace epicenter::audit {

namespace event {
inline constexpr std::string_view call = "ehr.call";
inline constexpr std::string_view write = "ehr.write";
inline constexpr std::string_view write_failed = "EHR_WRITE_FAILED";
inline constexpr std::string_view review_resolved = "ehr.write.resolved";
inline constexpr std::string_view review_released = "ehr.write.released";
inline constexpr std::string_view patient_merged = "ehr.patient_merged";
inline constexpr std::string_view merge_confirmed = "ehr.merge.confirmed";
inline constexpr std::string_view disclosed = "ehr.disclosed";
inline constexpr std::string_view command_heard = "command.heard";
inline constexpr std::string_view access_requested = "DATA_ACCESS_REQUESTED";
inline constexpr std::string_view export_requested = "DATA_EXPORT_REQUESTED";
inline constexpr std::string_view deletion_requested = "DATA_DELETION_REQUESTED";
inline constexpr std::string_view policy_changed = "policy.changed";
inline constexpr std::string_view breaker_forced = "breaker.forced";
inline constexpr std::string_view credentials_rotated = "credentials.rotated";
inline constexpr std::string_view application = "application";
inline constexpr std::string_view subject_forgotten = "audit.subject_forgotten";
inline constexpr std::string_view entries_lost = "audit.entries_lost";
inline constexpr std::string_view entries_purged = "audit.entries_purged";
}  // namespace event

struct event_type {
  std::string_view name;
  std::string_view meaning;
  bool has_intent;  ///< comes as a pair: an intent, and later an outcome of this type or of the one that
                    ///< failed
};

/// One line a type. A log takes types that are not here: a newer part of the program may know more.
inline constexpr std::array event_types{
    event_type{event::call, "one request to Epic", true},
    event_type{event::write, "a write, from the decision to its outcome", true},
    event_type{event::write_failed, "the outcome of a write that is not WRITTEN", false},
    event_type{event::review_resolved, "a person found a write in the EHR", true},
    event_type{event::review_released, "a person let a write be sent again", true},
    event_type{event::patient_merged, "Epic has merged the patient into another", false},
    event_type{event::merge_confirmed, "a person confirms that one patient was merged into another", true},
    event_type{event::disclosed, "patient data left for somebody", false},
    event_type{event::command_heard, "somebody dictated a command, and what was answered", false},
    event_type{event::access_requested, "a person asked what is held about them", false},
    event_type{event::export_requested, "a person asked for a copy", false},
    event_type{event::deletion_requested, "a person asked for erasure", false},
    event_type{event::policy_changed, "a feature flag or another rule was changed", true},
    event_type{event::breaker_forced, "a person forced a circuit", false},
    event_type{event::credentials_rotated, "a person replaces the key that signs", true},
    event_type{event::application, "a process with the adapter, from its start to its end; no end: it died",
               true},
    event_type{event::subject_forgotten, "the key to a patient's data was destroyed", false},
    event_type{event::entries_lost, "the log was down for so long that entries were dropped", false},
    event_type{event::entries_purged, "entries past their retention were removed", false},
};

/// nullptr for a type that is not in the table.
constexpr const event_type* find_event_type(std::string_view name) {
  for (const auto& one : event_types) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

}  // namespace epicenter::audit
