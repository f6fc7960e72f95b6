#include <epicenter/audit/entry_json.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::audit {
namespace {

json::value to_json(const disclosure& what) {
  return json::object{{"recipient", what.recipient},
                      {"address", what.address},
                      {"description", what.description},
                      {"purpose", what.purpose},
                      {"exception", what.exception}};
}

disclosure disclosure_of(const json::value& from) {
  return disclosure{std::string(from.string_at("recipient")), std::string(from.string_at("address")),
                    std::string(from.string_at("description")), std::string(from.string_at("purpose")),
                    std::string(from.string_at("exception"))};
}

}  // namespace

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
  if (!what.details.empty()) line.set("details", what.details);
  if (what.disclosed) line.set("disclosure", to_json(*what.disclosed));
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
  what.details = parsed->string_at("details");
  if (const json::value* disclosed = parsed->find("disclosure")) what.disclosed = disclosure_of(*disclosed);
  return what;
}

}  // namespace epicenter::audit
