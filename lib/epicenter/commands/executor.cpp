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

runtime::task<> carry_out_write(session& who, executor& hands, reply& made) {
  const auto ended = co_await hands.file(*made.write);
  reply told = who.report(made.write->draft, ended);
  made.kind = told.kind;
  made.say = std::move(told.say);
}

}  // namespace

runtime::task<reply> converse(session& who, executor& hands, utterance_log& log, utterance said,
                              clock_reading now) {
  reply made = who.hear(said, now);
  const auto kept = log.keep(made.record, made.kind);
  if (!kept && made.write) {
    const write_report unsent{write_end::not_sent, {}, "It could not be recorded in the audit log."};
    reply told = who.report(made.write->draft, unsent);
    made.kind = told.kind;
    made.say = std::move(told.say);
    co_return made;
  }
  if (made.read) co_await carry_out_read(who, hands, made, now.wall);
  if (made.write) co_await carry_out_write(who, hands, made);
  co_return made;
}

}  // namespace epicenter::commands
