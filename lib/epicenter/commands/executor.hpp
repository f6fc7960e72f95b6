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
  /// What one of the notes that were read says, as words (see note_text.hpp).
  virtual runtime::task<result<std::string>> read_note(json::value document, session_context) = 0;
  /// Files it once: the draft's operation is its identity, so that the same write again is the same.
  virtual runtime::task<write_report> file(confirmed_write) = 0;
};

/// Keeps the record of an utterance. The audit log's is audited_utterances.
class utterance_log {
 public:
  virtual ~utterance_log() = default;
  /// Durable when the task completes without error; an error stops a confirmed write.
  virtual runtime::task<result<>> keep(utterance_record, reply_kind) = 0;
};

/// Hears an utterance, keeps its record, carries out what it asks for, and says how it ended. A confirmed
/// write is filed only once its record is durable, and not at all where the caller was cancelled before:
/// nobody would hear how it ended. Of «show last note» it says the beginning of its text; «more» reads on.
/// What was read of a patient who is no longer open is not said.
runtime::task<reply> converse(session&, executor&, utterance_log&, utterance, clock_reading);

}  // namespace epicenter::commands
