// One person dictating about one patient. No I/O: time and text come in, a reply goes out, and whoever holds
// the session carries it out.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/commands/draft.hpp>
#include <memory>

namespace epicenter::commands {

inline constexpr duration confirm_within = 30s;
/// After the last part of a text that is read out, «more» reads on.
inline constexpr duration more_within = 2min;
/// Said where there is more.
inline constexpr std::string_view more_hint = "Say more to hear more.";

struct utterance {
  std::string text;
  double confidence = 1;  ///< of the recogniser, 0 to 1
  std::string speaker;    ///< FHIR id of the Practitioner who was recognised as speaking
  /// The hash of the draft that was read back to the speaker last: the host fills it from the reply that it
  /// has played. «confirm» counts for this draft and no other.
  std::string heard_draft;
};

struct clock_reading {
  instant at;      ///< monotonic: measures the 30 s
  wall_time wall;  ///< stands in the resource
};

/// What the audit log keeps of an utterance; no word of it.
struct utterance_record {
  std::string utterance_hash;  ///< HMAC-SHA-256 under the installation's key, first 16 bytes, hex: a plain
                               ///< hash of a few words could be guessed
  double confidence = 0;
  std::string speaker;
  std::string lexicon_version;
  std::string patient;     ///< pseudonym under the same key; empty where the session has no patient
  std::string operation;   ///< of a draft, a confirmation, a cancellation
  std::string draft_hash;  ///< as the utterance's, of the draft's sha256
};

/// A write that was confirmed: to be filed now, once.
struct confirmed_write {
  commands::draft draft;
  utterance_record confirmation;
};

enum class reply_kind {
  read,        ///< carry out `read`, and say what the answer is
  drafted,     ///< say the read-back; nothing is filed yet
  confirmed,   ///< file `write`
  asked,       ///< say the question; see `choices`
  refused,     ///< say why
  dropped,     ///< the draft is gone
  correction,  ///< say how what is filed is corrected in the EHR
  told,        ///< say it: the next part of what is read out
};
std::string_view name_of(reply_kind);

struct reply {
  reply_kind kind = reply_kind::refused;
  std::string say;
  std::optional<commands::draft> draft = {};
  std::optional<read_intent> read = {};
  std::optional<confirmed_write> write = {};
  std::vector<std::string> choices = {};
  utterance_record record = {};
};

/// How a confirmed write ended, as far as it is known.
enum class write_end { filed, rejected, not_sent, needs_review, unknown };
struct write_report {
  write_end end = write_end::unknown;
  std::string resource;  ///< "ServiceRequest/<id>" where known
  std::string why;       ///< for people; empty where filed
};

struct session_options {
  std::string id;                 ///< of the session, unique in the installation: a UUID
  double least_confidence = 0.8;  ///< below it, what writes or confirms must be said again
  secret audit_key;  ///< see utterance_record; the adapter's, so that one patient has one pseudonym
};

class session {
 public:
  /// CHECK: the id and the key are given.
  session(session_options, std::shared_ptr<const lexicon>, session_context);

  /// Another patient, encounter, user or text. A draft and what could be undone belong to the context before
  /// and are gone.
  void set_context(session_context);
  const session_context& context() const { return context_; }

  reply hear(const utterance&, clock_reading now);
  /// What is left of a text that is being read out: «more» says it, part by part, until something else is
  /// said. Dropped where it is not of the open patient.
  void read_on(const std::string& patient, std::string rest, instant now);
  /// Tells how a confirmed write ended; the reply says it, whatever has happened since. It can be undone
  /// while it is the last one of the context.
  reply report(const draft&, const write_report&);

 private:
  struct pending {
    commands::draft draft;
    instant read_back_at;
    bool just_read_back = true;  ///< nothing was said in between
  };
  struct filed {
    commands::draft draft;
    std::optional<write_report> report;
  };

  reply answer(const utterance&, clock_reading);
  reply answer(const misunderstanding&);
  reply answer(const read_intent&);
  reply answer(const write_intent&, const utterance&, clock_reading);
  reply answer(control, const utterance&, clock_reading);
  reply pick(choice, const utterance&, clock_reading);
  reply carry_out(const command&, const utterance&, clock_reading);
  reply confirm(const utterance&, clock_reading);
  reply cancel();
  reply repeat(clock_reading);
  reply undo();
  reply more(const utterance&, clock_reading);
  bool expired(instant now) const;
  void name_draft(utterance_record&, const draft&) const;
  std::string next_operation();

  session_options options_;
  std::shared_ptr<const lexicon> lexicon_;
  session_context context_;
  std::optional<pending> pending_;
  std::optional<filed> last_filed_;
  std::vector<std::string> choices_;  ///< of the reply before
  instant offered_at_{};
  std::string last_said_;
  std::string rest_;  ///< of what is read out
  instant read_at_{};
  std::uint64_t drafts_ = 0;
};

}  // namespace epicenter::commands
