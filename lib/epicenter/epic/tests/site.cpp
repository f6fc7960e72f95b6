#include "lib/epicenter/epic/tests/site.hpp"

#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::epic::test {
namespace {

const runtime::endpoint address{"epic.test", 80, {}};
constexpr std::string_view base = "/fhir/";

std::string_view parameter(const http::parameters& all, std::string_view name) {
  for (const auto& [key, value] : all) {
    if (key == name) return value;
  }
  return {};
}

json::value outcome_entry(std::string_view code) {
  json::object coding{{"system", "urn:oid:1.2.840.114350.1.13.0.1.7.2.657369"}, {"code", code}};
  json::object issue{{"severity", "warning"},
                     {"code", "suppressed"},
                     {"details", json::object{{"coding", json::array{json::value(std::move(coding))}}}}};
  json::object outcome{{"resourceType", "OperationOutcome"},
                       {"issue", json::array{json::value(std::move(issue))}}};
  return json::object{{"resource", std::move(outcome)}, {"search", json::object{{"mode", "outcome"}}}};
}

}  // namespace

http::response json_answer(unsigned status, json::value body) {
  http::response made;
  made.status = status;
  made.fields.add("Content-Type", "application/fhir+json; charset=utf-8");
  made.body = json::write(body);
  return made;
}

rule refusing(unsigned status, std::string_view epic_code) {
  json::object coding{{"system", "urn:oid:1.2.840.114350.1.13.0.1.7.2.657369"}, {"code", epic_code}};
  json::object issue{{"severity", "fatal"},
                     {"code", "processing"},
                     {"details", json::object{{"coding", json::array{json::value(std::move(coding))}}}}};
  return rule{twist::none, json_answer(status, json::object{{"resourceType", "OperationOutcome"},
                                                            {"issue", json::array{json::value(issue)}}})};
}

json::value resource_of(std::string_view type, std::string_view id, std::string_view patient) {
  const bool by_patient = type == "AllergyIntolerance" || type == "Immunization";
  const std::string_view subject = by_patient ? "patient" : "subject";
  json::object made{{"resourceType", type}, {"id", id}};
  made.set(std::string(subject), json::object{{"reference", "Patient/" + std::string(patient)}});
  return json::value(std::move(made));
}

site::site(runtime::runtime& rt) : runtime_(rt) {
  up();
}

void site::up() {
  http::server_options options;
  options.gzip = true;
  server_ = std::make_unique<http::server>(runtime_, std::move(options),
                                           [this](http::exchange& incoming) { return handle(incoming); });
  server_->listen(address).value();
}

runtime::task<> site::down() {
  if (server_) co_await server_->stop(0s);
}

std::size_t site::count(std::string_view method, std::string_view part_of_target) const {
  std::size_t found = 0;
  for (const auto& one : requests) {
    if (one.method == method && one.target.find(part_of_target) != std::string::npos) ++found;
  }
  return found;
}

runtime::task<> site::handle(http::exchange& incoming) {
  const http::request& request = incoming.incoming();
  requests.push_back(seen{request.method, request.target, std::string(request.fields.get("X-Request-Id")),
                          std::string(request.fields.get("Authorization")),
                          std::string(request.fields.get("Accept")), runtime_.now()});
  const std::string token(requests.back().authorization.substr(0, 7) == "Bearer "
                              ? requests.back().authorization.substr(7)
                              : std::string());
  rule what;
  if (auto scripted = script ? script(request) : std::nullopt) what = std::move(*scripted);
  auto slept = co_await runtime::sleep_for(runtime_, latency);
  if (!slept) co_return;
  const bool open = request.target == "/token" || request.target.ends_with("/metadata");
  if (!what.answer && what.how == twist::none && !open && (token.empty() || refused_tokens.contains(token))) {
    http::response refused;
    refused.status = 401;
    what.answer = std::move(refused);
  }
  co_await answer(incoming, std::move(what));
}

runtime::task<> site::answer(http::exchange& incoming, rule what) {
  if (what.how == twist::commit_and_reset || what.how == twist::commit_twice_and_reset)
    commit(incoming.incoming());
  if (what.how == twist::commit_twice_and_reset) commit(incoming.incoming());
  if (what.how == twist::hang) {
    auto slept = co_await runtime::sleep_for(runtime_, 1h);
    if (!slept) co_return;
  }
  if (what.how != twist::none) {
    incoming.reset();
    co_return;
  }
  http::response response;
  if (what.answer) {
    response = std::move(*what.answer);
  } else {
    response = usual(incoming.incoming());
  }
  if (what.late > duration{}) {
    auto slept = co_await runtime::sleep_for(runtime_, what.late);
    if (!slept) co_return;
  }
  (void)co_await incoming.respond(std::move(response));
}

http::response site::usual(const http::request& request) {
  if (request.target == "/token") {
    ++tokens_issued;
    return json_answer(200, json::object{{"access_token", "tok-" + std::to_string(tokens_issued)},
                                         {"token_type", "bearer"},
                                         {"expires_in", std::int64_t{token_lifetime / 1s}}});
  }
  std::string_view path = request.path();
  path.remove_prefix(std::min(path.size(), base.size()));
  if (path == "metadata") return json_answer(200, capabilities);
  if (request.method == "POST") return commit(request);
  if (path.starts_with("Patient/")) {
    return json_answer(200, json::object{{"resourceType", "Patient"}, {"id", path.substr(8)}});
  }
  if (const auto slash = path.find('/'); slash != std::string_view::npos) {
    return read(path.substr(0, slash), path.substr(slash + 1));
  }
  return search(request, path);
}

http::response site::read(std::string_view type, std::string_view id) {
  for (const auto& one : filings) {
    if (one.type == type && one.id == id && !one.body.is_null()) return json_answer(200, one.body);
  }
  http::response none;
  none.status = 404;
  return none;
}

bool site::shows(const filed& one, std::string_view type, std::string_view patient,
                 std::string_view identifier) {
  if (one.type != type || one.patient != patient || tank.contains(one.type)) return false;
  if (identifier.empty()) return !one.body.is_null() && !content.contains(one.type);
  return keeps_identifiers && one.identifier == identifier;
}

http::response site::search(const http::request& request, std::string_view type) {
  const auto query = http::decode_form(request.query()).value();
  const auto patient = parameter(query, "patient");
  const auto identifier = parameter(query, "identifier");
  json::array entries;
  const auto add = [&entries](json::value resource) {
    entries.emplace_back(
        json::object{{"resource", std::move(resource)}, {"search", json::object{{"mode", "match"}}}});
  };
  for (const auto& one : filings) {
    if (!shows(one, type, patient, identifier)) continue;
    auto resource = one.body.is_null() ? resource_of(type, one.id, patient) : one.body;
    const auto bar = identifier.find('|');
    if (one.body.is_null())
      resource.if_object()->set(
          "identifier", json::array{json::value(json::object{{"system", identifier.substr(0, bar)},
                                                             {"value", identifier.substr(bar + 1)}})});
    add(std::move(resource));
  }
  if (identifier.empty()) {
    if (const auto found = content.find(std::string(type)); found != content.end()) {
      for (const auto& one : found->second) add(one);
    } else {
      add(resource_of(type, "r1", patient));
    }
  }
  if (partial) entries.push_back(outcome_entry("59204"));
  return json_answer(200,
                     json::object{{"resourceType", "Bundle"}, {"type", "searchset"}, {"entry", entries}});
}

http::response site::commit(const http::request& request) {
  auto resource = json::parse(request.body).value();
  const std::string type(resource.string_at("resourceType"));
  const std::string id = "f" + std::to_string(filings.size() + 1);
  const std::string identifier = std::string(resource.string_at("identifier.0.system")) + '|' +
                                 std::string(resource.string_at("identifier.0.value"));
  const std::string_view subject =
      resource.string_at("subject.reference", resource.string_at("patient.reference"));
  const std::string patient(subject.substr(8));
  resource.if_object()->set("id", id);
  if (!keeps_identifiers) resource.if_object()->erase("identifier");
  if (rewrite) rewrite(*resource.if_object());
  filings.push_back(filed{type, id, identifier, patient, std::move(resource)});
  http::response made;
  made.status = 201;
  made.fields.add("Location", type + '/' + id);
  return made;
}

}  // namespace epicenter::epic::test
