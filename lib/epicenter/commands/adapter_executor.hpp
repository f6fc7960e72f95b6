// The executor over the Epic adapter.
#pragma once

#include <epicenter/commands/executor.hpp>
#include <epicenter/policy/service.hpp>

namespace epicenter::commands {

/// Asks the flags before each call (epic_voice_commands, and epic_fhir_read_only or epic_fhir_write) for the
/// user of the session. Both outlive it.
class adapter_executor final : public executor {
 public:
  adapter_executor(epic::adapter& epic, const policy::service& flags) : epic_(epic), flags_(flags) {}

  /// Vital signs are not read by the adapter: epic::errc::not_supported.
  runtime::task<result<read_answer>> read(read_intent, session_context) override;
  /// HTML, else plain text, from the document or its Binary; epic::errc::not_supported for one with neither.
  runtime::task<result<std::string>> read_note(json::value document, session_context) override;
  /// Refuses what would be sent otherwise than it was confirmed.
  runtime::task<write_report> file(confirmed_write) override;

 private:
  bool may_read(const std::string& user) const;

  epic::adapter& epic_;
  const policy::service& flags_;
};

/// Whether the adapter will send what stands in the draft, and the draft is the one whose hash was confirmed.
bool is_as_confirmed(const draft&);

/// How the adapter's outcome is told: what is in the chart twice is for a person.
write_report report_of(const epic::write_outcome&);
/// A write that was refused before it was recorded never reached Epic.
write_report report_of(const error&);

}  // namespace epicenter::commands
