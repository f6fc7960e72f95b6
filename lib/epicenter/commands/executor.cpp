#include <epicenter/commands/executor.hpp>
#include <epicenter/commands/note_text.hpp>

namespace epicenter::commands {
namespace {

// The one note that was asked for, where there is one.
const json::value* note_to_read(const read_intent& what, const read_answer& answer, wall_time now) {
  if (what.target != read_target::notes || what.newest != 1U) return nullptr;
  const auto chosen = select(what, answer, now);
  return chosen.resources.empty() ? nullptr : chosen.resources.front();
}

void say_note(session& who, reply& made, const std::string& patient, const std::string& words, instant now) {
  auto begun = next_part(words);
  made.say += begun.part.empty() ? " It has no words." : " It says: " + begun.part;
  if (begun.rest.empty()) return;
  made.say += ' ';
  made.say += more_hint;
  who.read_on(patient, std::move(begun.rest), now);
}

runtime::task<> carry_out_read(session& who, executor& hands, reply& made, session_context where,
                               clock_reading now) {
  session_context asked = where;
  auto answer = co_await hands.read(*made.read, std::move(asked));
  if (!answer) {
    made.say = phrase_failure(*made.read, answer.error());
    co_return;
  }
  made.say = phrase(*made.read, *answer, now.wall);
  const json::value* note = note_to_read(*made.read, *answer, now.wall);
  if (note == nullptr) co_return;
  json::value document = *note;
  const std::string patient = where.patient.id;
  auto words = co_await hands.read_note(std::move(document), std::move(where));
  if (words)
    say_note(who, made, patient, *words, now.at);
  else
    made.say += " What it says could not be read: " + words.error().code().message() + ".";
}

void tell_end(session& who, reply& made, const write_report& ended) {
  reply told = who.report(made.write->draft, ended);
  made.kind = told.kind;
  made.say = std::move(told.say);
}

runtime::task<> carry_out_write(session& who, executor& hands, reply& made) {
  const auto ended = co_await hands.file(*made.write);
  tell_end(who, made, ended);
}

void do_not_file(session& who, reply& made, std::string why) {
  tell_end(who, made, write_report{write_end::not_sent, {}, std::move(why)});
}

}  // namespace

runtime::task<reply> converse(session& who, executor& hands, utterance_log& log, utterance said,
                              clock_reading now) {
  // A session may be given another patient while this waits.
  const session_context where = who.context();
  reply made = who.hear(said, now);
  utterance_record record = made.record;
  const auto kept = co_await log.keep(std::move(record), made.kind);
  if (made.read) {
    session_context asked = where;
    co_await carry_out_read(who, hands, made, std::move(asked), now);
    if (who.context().patient.id != where.patient.id) {
      made.kind = reply_kind::refused;
      made.say = "Another patient was opened meanwhile. What was read is not said.";
    }
  }
  if (!made.write) co_return made;
  const bool left = co_await runtime::is_cancelled();
  if (!kept)
    do_not_file(who, made, "It could not be recorded in the audit log.");
  else if (left)
    do_not_file(who, made, "The dictation was broken off before.");
  else
    co_await carry_out_write(who, hands, made);
  co_return made;
}

}  // namespace epicenter::commands
