// Utterances in the audit log.
#pragma once

#include <epicenter/audit/log.hpp>
#include <epicenter/commands/executor.hpp>

namespace epicenter::commands {

/// One entry an utterance, of type audit::event::command_heard: the operation as its subject (empty where the
/// utterance has none), the speaker as its user, the kind of the reply as its result, the rest as JSON in its
/// details. The write itself has its own entries, under the same subject.
class audited_utterances final : public utterance_log {
 public:
  /// Both outlive it, and what is being kept. Without an answer from the log within `patience` the record
  /// counts as not kept, though the log may still take it.
  audited_utterances(runtime::runtime& rt, audit::log& log, duration patience = 5s)
      : runtime_(rt), log_(log), patience_(patience) {}

  /// audit::errc::unavailable; runtime::errc::timed_out.
  runtime::task<result<>> keep(utterance_record, reply_kind) override;

 private:
  runtime::runtime& runtime_;
  audit::log& log_;
  duration patience_;
};

}  // namespace epicenter::commands
