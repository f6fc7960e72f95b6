#include <array>
#include <charconv>
#include <epicenter/audit/log.hpp>
#include <epicenter/base/check.hpp>
#include <epicenter/base/ids.hpp>
#include <epicenter/commands/correction.hpp>
#include <epicenter/commands/note_text.hpp>
#include <epicenter/commands/parse.hpp>
#include <epicenter/commands/session.hpp>
#include <epicenter/epic/digest.hpp>

namespace epicenter::commands {
namespace {

reply refused(std::string say) {
  return {reply_kind::refused, std::move(say)};
}

bool is_sure(double confidence, double least) {
  return confidence >= least && confidence <= 1;  // not so for NaN
}

std::uint64_t hex_word(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

}  // namespace

std::string_view name_of(reply_kind kind) {
  constexpr std::array<std::string_view, 8> names{"read",    "drafted", "confirmed",  "asked",
                                                  "refused", "dropped", "correction", "told"};
  return names.at(static_cast<std::size_t>(kind));
}

session::session(session_options options, std::shared_ptr<const lexicon> known, session_context context)
    : options_(std::move(options)), lexicon_(std::move(known)), context_(std::move(context)) {
  EPICENTER_CHECK(!options_.id.empty(), "a session needs an id");
  EPICENTER_CHECK(!options_.audit_key.empty(), "a session needs the key of its audit records");
}

void session::set_context(session_context context) {
  context_ = std::move(context);
  pending_.reset();
  last_filed_.reset();
  choices_.clear();
  last_said_.clear();
  rest_.clear();
}

reply session::hear(const utterance& said, clock_reading now) {
  reply made = answer(said, now);
  if (pending_) pending_->just_read_back = made.kind == reply_kind::drafted;
  if (made.kind == reply_kind::asked) {
    choices_ = made.choices;
    offered_at_ = now.at;
  } else {
    choices_.clear();
  }
  if (made.kind != reply_kind::told) rest_.clear();
  last_said_ = made.say;
  made.record.utterance_hash = audit::pseudonym(options_.audit_key.reveal(), said.text);
  made.record.confidence = said.confidence;
  made.record.speaker = said.speaker;
  made.record.lexicon_version = lexicon::version;
  if (!context_.patient.id.empty())
    made.record.patient = audit::pseudonym(options_.audit_key.reveal(), context_.patient.id);
  if (made.draft) name_draft(made.record, *made.draft);
  if (made.write) {
    name_draft(made.record, made.write->draft);
    made.write->confirmation = made.record;
  }
  return made;
}

reply session::answer(const utterance& said, clock_reading now) {
  const auto heard = parse(*lexicon_, said.text);
  if (const auto* why = std::get_if<misunderstanding>(&heard)) return answer(*why);
  const auto& understood = std::get<command>(heard);
  if (const auto* picked = std::get_if<choice>(&understood)) return pick(*picked, said, now);
  return carry_out(understood, said, now);
}

reply session::answer(const misunderstanding& why) {
  reply made = refused(why.say);
  if (why.choices.empty()) return made;
  made.kind = reply_kind::asked;
  made.choices = why.choices;
  for (std::size_t i = 0; i < why.choices.size(); ++i)
    made.say += " Number " + std::to_string(i + 1) + ": " + why.choices[i] + ".";
  return made;
}

reply session::carry_out(const command& what, const utterance& said, clock_reading now) {
  if (std::holds_alternative<control>(what)) return answer(std::get<control>(what), said, now);
  if (said.speaker != context_.user) return refused("This session is another person's. Nothing was done.");
  if (const auto* read = std::get_if<read_intent>(&what)) return answer(*read);
  if (const auto* write = std::get_if<write_intent>(&what)) return answer(*write, said, now);
  return refused("There is nothing to choose from.");
}

reply session::pick(choice picked, const utterance& said, clock_reading now) {
  const bool stands = now.at >= offered_at_ && now.at < offered_at_ + confirm_within;
  if (picked.number > choices_.size() || !stands) return refused("There is no such choice.");
  const auto heard = parse(*lexicon_, choices_[picked.number - 1]);
  if (const auto* why = std::get_if<misunderstanding>(&heard)) return answer(*why);
  return carry_out(std::get<command>(heard), said, now);
}

reply session::answer(const read_intent& what) {
  if (context_.patient.id.empty()) return refused(make_error_code(errc::no_patient).message() + ".");
  reply made{reply_kind::read, {}};
  made.read = what;
  return made;
}

reply session::answer(const write_intent& what, const utterance& said, clock_reading now) {
  if (!is_sure(said.confidence, options_.least_confidence))
    return refused("I am not sure that I heard that. Please say it again.");
  auto made = make_draft(what, context_, next_operation(), now.wall);
  if (!made) return refused(made.error().message() + ". Nothing was drafted.");
  std::string say = made->read_back;
  if (pending_) say = "The draft before is dropped. " + say;
  pending_ = pending{*made, now.at};
  reply drafted{reply_kind::drafted, std::move(say)};
  drafted.draft = std::move(*made);
  return drafted;
}

reply session::answer(control what, const utterance& said, clock_reading now) {
  switch (what) {
    case control::confirm:
      return confirm(said, now);
    case control::cancel:
      return cancel();
    case control::repeat:
      return repeat(now);
    case control::more:
      return more(said, now);
    case control::undo:
      break;
  }
  return undo();
}

// A clock that went back proves nothing about how long ago the read-back was.
bool session::expired(instant now) const {
  return now < pending_->read_back_at || now >= pending_->read_back_at + confirm_within;
}

reply session::confirm(const utterance& said, clock_reading now) {
  if (!pending_) return refused("There is no draft to confirm.");
  if (expired(now.at)) {
    pending_.reset();
    return refused("The draft has expired after 30 seconds and is dropped. Say the command again.");
  }
  if (said.speaker != pending_->draft.where.user)
    return refused("Only who drafted it may confirm it. Nothing was filed.");
  if (!is_sure(said.confidence, options_.least_confidence))
    return refused("I am not sure that I heard confirm. Say repeat, and then confirm.");
  if (!pending_->just_read_back)
    return refused("Something else was said since the draft was read back. Say repeat, and then confirm.");
  if (said.heard_draft != pending_->draft.sha256 || sha256_of(pending_->draft) != pending_->draft.sha256) {
    return refused("What was read back is not what would be filed. Say repeat, and then confirm.");
  }
  reply made{reply_kind::confirmed, "Confirmed."};
  made.write = confirmed_write{pending_->draft, {}};
  last_filed_ = filed{std::move(pending_->draft), std::nullopt};
  pending_.reset();
  return made;
}

reply session::cancel() {
  if (!pending_) return refused("There is no draft to cancel. What is filed is cancelled in the EHR.");
  reply made{reply_kind::dropped, "The draft is dropped. Nothing was filed."};
  name_draft(made.record, pending_->draft);
  pending_.reset();
  return made;
}

reply session::repeat(clock_reading now) {
  if (!pending_) {
    if (last_said_.empty()) return refused("There is nothing to repeat.");
    return refused(last_said_);
  }
  if (expired(now.at)) {
    pending_.reset();
    return refused("The draft has expired after 30 seconds and is dropped. Say the command again.");
  }
  pending_->read_back_at = now.at;
  reply made{reply_kind::drafted, pending_->draft.read_back};
  made.draft = pending_->draft;
  return made;
}

reply session::undo() {
  if (pending_) return cancel();
  if (!last_filed_) return refused("There is nothing to undo.");
  if (!last_filed_->report) return refused("It is still being filed. Wait until its outcome is said.");
  const auto& ended = *last_filed_->report;
  if (ended.end == write_end::rejected || ended.end == write_end::not_sent)
    return refused("It was not filed: there is nothing to undo.");
  reply made{reply_kind::correction, correction_of(last_filed_->draft, ended)};
  name_draft(made.record, last_filed_->draft);
  return made;
}

void session::read_on(const std::string& patient, std::string rest, instant now) {
  if (patient != context_.patient.id) return;
  rest_ = std::move(rest);
  read_at_ = now;
}

reply session::more(const utterance& said, clock_reading now) {
  if (said.speaker != context_.user) return refused("This session is another person's. Nothing was done.");
  const bool stands = now.at >= read_at_ && now.at < read_at_ + more_within;
  if (rest_.empty() || !stands) return refused("There is nothing more to say.");
  auto next = next_part(rest_);
  rest_ = std::move(next.rest);
  read_at_ = now.at;
  reply made{reply_kind::told, std::move(next.part)};
  if (!rest_.empty()) made.say.append(" ").append(more_hint);
  return made;
}

reply session::report(const commands::draft& what, const write_report& ended) {
  const bool is_last = last_filed_ && last_filed_->draft.operation == what.operation;
  if (is_last) last_filed_->report = ended;
  reply made{ended.end == write_end::filed ? reply_kind::confirmed : reply_kind::refused,
             outcome_of(what, ended)};
  name_draft(made.record, what);
  if (is_last) last_said_ = made.say;
  return made;
}

// A draft's hash could be found by trying what may have been drafted.
void session::name_draft(utterance_record& record, const commands::draft& what) const {
  record.operation = what.operation;
  record.draft_hash = audit::pseudonym(options_.audit_key.reveal(), what.sha256);
}

// From the session's id and a counter: the same dictation is the same operation whoever replays it.
std::string session::next_operation() {
  const std::string hash = epic::sha256_hex(options_.id + '|' + std::to_string(++drafts_));
  return make_uuid(hex_word(std::string_view(hash).substr(0, 16)),
                   hex_word(std::string_view(hash).substr(16, 16)));
}

}  // namespace epicenter::commands
