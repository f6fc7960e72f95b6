// Carries out what a session has understood.
#pragma once

#include <epicenter/commands/phrase.hpp>
#include <epicenter/commands/session.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::commands {

/// What reads and files. The adapter's is adapter_executor.
class executor {
 public:
  virtual ~executor() = default;
  virtual runtime::task<result<read_answer>> read(read_intent, session_context) = 0;
  /// Files it once: the draft's operation is its identity, so that the same write again is the same.
  virtual runtime::task<write_report> file(confirmed_write) = 0;
};

/// Keeps the record of an utterance in the audit log; an error stops a confirmed write.
class utterance_log {
 public:
  virtual ~utterance_log() = default;
  virtual result<> keep(const utterance_record&, reply_kind) = 0;
};

/// Hears an utterance, keeps its record, carries out what it asks for, and says how it ended. A confirmed
/// write whose record cannot be kept is not filed.
runtime::task<reply> converse(session&, executor&, utterance_log&, utterance, clock_reading);

}  // namespace epicenter::commands
