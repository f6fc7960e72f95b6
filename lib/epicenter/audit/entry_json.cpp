#include <epicenter/audit/entry_json.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::audit {

std::string to_line(const entry& what) {
  json::object line{
      {"seq", what.seq},
      {"at", std::int64_t{what.at.time_since_epoch().count()}},
      {"stage", what.stage == stage::intent ? "intent" : "outcome"},
      {"type", what.type},
      {"subject", what.subject},
      {"user", what.user},
      {"patient", what.patient},
  };
  if (what.stage == stage::outcome) line.set("result", what.result);
  return json::write(json::value(std::move(line)));
}

result<entry> from_line(std::string_view line) {
  const auto damaged = [] { return fail(errc::unavailable, "a line is damaged"); };
  auto parsed = json::parse(line);
  if (!parsed) return damaged();
  const json::value* seq = parsed->find("seq");
  const json::value* at = parsed->find("at");
  if (seq == nullptr || at == nullptr) return damaged();
  const auto number = seq->to_int64();
  const auto when = at->to_int64();
  const auto stage_name = parsed->string_at("stage");
  if (!number || *number < 1 || !when || (stage_name != "intent" && stage_name != "outcome"))
    return damaged();
  entry what;
  what.seq = static_cast<std::uint64_t>(*number);
  what.at = wall_time(duration(*when));
  what.stage = stage_name == "intent" ? stage::intent : stage::outcome;
  what.type = parsed->string_at("type");
  what.subject = parsed->string_at("subject");
  what.user = parsed->string_at("user");
  what.patient = parsed->string_at("patient");
  what.result = parsed->string_at("result");
  return what;
}

}  // namespace epicenter::audit
