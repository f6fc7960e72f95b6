#include <epicenter/audit/event_types.hpp>
#include <epicenter/commands/audited_utterances.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::commands {
namespace {

std::string details_of(const utterance_record& record) {
  json::object made{{"utterance", record.utterance_hash},
                    {"confidence", record.confidence},
                    {"lexicon", record.lexicon_version}};
  if (!record.draft_hash.empty()) made.set("draft", record.draft_hash);
  return json::write(json::value(std::move(made)));
}

audit::entry entry_of(utterance_record record, reply_kind answered, wall_time at) {
  audit::entry made;
  made.at = at;
  made.stage = audit::stage::outcome;
  made.type = audit::event::command_heard;
  made.details = details_of(record);
  made.subject = std::move(record.operation);
  made.user = std::move(record.speaker);
  made.patient = std::move(record.patient);
  made.result = name_of(answered);
  return made;
}

}  // namespace

runtime::task<result<>> audited_utterances::keep(utterance_record record, reply_kind answered) {
  auto made = entry_of(std::move(record), answered, runtime_.wall());
  auto appending = log_.append(std::move(made));
  const instant until = runtime_.now() + patience_;
  auto appended = co_await runtime::with_timeout(runtime_, until, std::move(appending));
  if (!appended) co_return fail(std::move(appended.error()));
  co_return result<>();
}

}  // namespace epicenter::commands
