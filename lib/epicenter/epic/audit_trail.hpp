// Writes the adapter's intents and outcomes to the audit log.
#pragma once

#include <epicenter/audit/event_types.hpp>
#include <epicenter/audit/log.hpp>
#include <epicenter/base/secret.hpp>
#include <epicenter/runtime/task.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace epicenter::epic {

/// An outcome that the log did not take is owed: it is handed over again before the next intent, so that no
/// write begins while the log is down, and nothing is left out when it is up again.
class audit_trail {
 public:
  audit_trail(runtime::runtime&, audit::log&, const secret& key);

  /// What stands for the patient in every entry.
  std::string pseudonym(std::string_view patient) const;

  struct who {
    const std::string& user;
    const std::string& patient;  ///< pseudonym
  };
  /// Durable when the task, which is to be awaited at once, completes without error; then with its number.
  runtime::task<result<std::uint64_t>> intent(std::string_view type, std::string subject, who);
  /// Handed over before this returns, in the order of the calls.
  void outcome(std::string_view type, std::string subject, who, std::string outcome);
  /// Waits until all that was handed over before is durable, or owed.
  runtime::task<> settled();

  /// Entries owed; at most max_owed, the rest is counted and told to the log when it is up again.
  std::size_t owed() const;
  static constexpr std::size_t max_owed = 10'000;

 private:
  struct state;
  static runtime::task<> wait_for_answers(std::shared_ptr<state>);
  audit::entry entry_of(audit::stage, std::string_view type, std::string subject, who) const;

  runtime::runtime& runtime_;
  std::shared_ptr<state> state_;
  audit::pseudonym_maker pseudonyms_;
};

inline constexpr std::string_view audited_call = audit::event::call;
inline constexpr std::string_view audited_write = audit::event::write;
inline constexpr std::string_view audited_failed_write = audit::event::write_failed;

}  // namespace epicenter::epic
