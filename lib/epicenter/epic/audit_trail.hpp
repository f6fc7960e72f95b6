// Writes the adapter's intents and outcomes to the audit log.
#pragma once

#include <epicenter/audit/event_types.hpp>
#include <epicenter/audit/log.hpp>
#include <epicenter/base/secret.hpp>
#include <epicenter/epic/owed_outcomes.hpp>
#include <epicenter/runtime/task.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace epicenter::epic {

/// An intent that the log does not take is refused, and what it is for must not take effect. An outcome that
/// the log does not take is owed (owed_outcomes.hpp): it has happened already. End with end().
class audit_trail {
 public:
  audit_trail(runtime::runtime&, audit::log&, const secret& key);
  ~audit_trail();
  audit_trail(const audit_trail&) = delete;
  audit_trail& operator=(const audit_trail&) = delete;

  /// What stands for the patient in every entry.
  std::string pseudonym(std::string_view patient) const;

  struct who {
    const std::string& user;
    const std::string& patient;  ///< pseudonym
  };
  /// Durable when the task, which is to be awaited at once, completes without error; then with its number.
  runtime::task<result<std::uint64_t>> intent(std::string_view type, std::string subject, who);
  /// The same, before what a person has decided takes effect. Where the log does not take it,
  /// errc::audit_unavailable with the cause: nothing may take effect then.
  runtime::task<result<>> admit(std::string_view type, std::string subject, who);
  /// Handed over before this returns, in the order of the calls, unless older ones are owed: then after them.
  void outcome(std::string_view type, std::string subject, who, std::string outcome);
  /// Waits until all outcomes reported before are durable; not for a log that refuses.
  runtime::task<> settled();

  /// Outcomes that the log has refused, or that wait behind such; at most max_owed, the rest is counted and
  /// told to the log when it is up again.
  std::size_t owed() const;
  static constexpr std::size_t max_owed = owed_outcomes::max_owed;

  /// Pays what is owed and waits for every answer, until the deadline. What is owed then is lost: counted in
  /// a last entry, where the log takes that, and never handed over again.
  runtime::task<unaudited> end(instant deadline);

 private:
  static runtime::task<result<>> admitted(runtime::task<result<std::uint64_t>>);
  audit::entry entry_of(audit::stage, std::string_view type, std::string subject, who) const;

  runtime::runtime& runtime_;
  audit::log& log_;
  std::shared_ptr<owed_outcomes> outcomes_;
  audit::pseudonym_maker pseudonyms_;
};

inline constexpr std::string_view audited_call = audit::event::call;
inline constexpr std::string_view audited_write = audit::event::write;
inline constexpr std::string_view audited_failed_write = audit::event::write_failed;

}  // namespace epicenter::epic
