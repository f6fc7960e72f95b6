#include <epicenter/commands/executor.hpp>

namespace epicenter::commands {
namespace {

runtime::task<> carry_out_read(session& who, executor& hands, reply& made, wall_time now) {
  auto answer = co_await hands.read(*made.read, who.context());
  if (answer)
    made.say = phrase(*made.read, *answer, now);
  else
    made.say = phrase_failure(*made.read, answer.error());
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
  reply made = who.hear(said, now);
  utterance_record record = made.record;
  const auto kept = co_await log.keep(std::move(record), made.kind);
  if (made.read) co_await carry_out_read(who, hands, made, now.wall);
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
