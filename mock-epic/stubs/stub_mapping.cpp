#include "mock-epic/stubs/stub_mapping.hpp"

namespace epicenter::mock::stubs {
namespace {

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return text;
}

std::string read_id(object_reader& reader) {
  const auto id = reader.text("id");
  const auto uuid = reader.text("uuid");
  std::string given = id ? *id : uuid.value_or("");
  if (!given.empty() && !is_uuid(given)) reader.refuse(id ? "id" : "uuid", given + " is not a valid UUID");
  return lower(std::move(given));
}

void read_scenario(object_reader& reader, stub_mapping& into) {
  into.scenario = reader.text("scenarioName");
  into.required_state = reader.text("requiredScenarioState");
  into.new_state = reader.text("newScenarioState");
  if (!into.scenario && (into.required_state || into.new_state))
    reader.refuse("scenarioName", "Scenario name must be specified to require or set a new scenario state");
}

/// The members of a stub in WireMock's order, request and response with their defaults.
json::object stored_form(const json::object& sent) {
  json::object out;
  for (const auto& [key, value] : sent)
    if (key != "id" && key != "uuid" && key != "request" && key != "response" && !value.is_null())
      out.set(key, value);
  json::object request;
  if (const json::value* given = sent.find("request"); given && given->is_object())
    request = *given->if_object();
  if (!request.contains("method")) request.set("method", "ANY");
  out.set("request", std::move(request));
  json::object response;
  if (const json::value* given = sent.find("response"); given && given->is_object())
    response = *given->if_object();
  if (!response.contains("status")) {
    json::object with_status;
    with_status.set("status", 200);
    for (const auto& [key, value] : response) with_status.set(key, value);
    response = std::move(with_status);
  }
  out.set("response", std::move(response));
  return out;
}

}  // namespace

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

tl::expected<stub_mapping, stub_error> stub_mapping::read(const json::value& from) {
  std::optional<stub_error> failure;
  stub_mapping made;
  const json::object* members = from.if_object();
  if (!members) {
    stub_error wrong;
    wrong.detail = "a stub mapping is an object";
    return tl::unexpected(std::move(wrong));
  }
  object_reader reader(*members, "", failure);
  made.id = read_id(reader);
  made.name = reader.text("name").value_or("");
  made.priority = reader.integer("priority", -2'147'483'648, 2'147'483'647).value_or(5);
  made.persistent = reader.flag("persistent").value_or(false);
  made.isolation = reader.text("isolation").value_or("");
  read_scenario(reader, made);
  made.probability = reader.real("probability", 0, 1).value_or(1);
  if (const auto times = reader.integer("times", 0, 1'000'000'000))
    made.times = static_cast<std::uint64_t>(*times);
  reader.object("metadata");
  if (const json::value* request = reader.any("request"))
    made.request = request_pattern::read(*request, "/request", failure);
  if (const json::value* response = reader.any("response"))
    made.response = response_definition::read(*response, "/response", failure);
  made.webhooks = read_webhooks(reader, "serveEventListeners");
  for (webhook_definition& one : read_webhooks(reader, "postServeActions"))
    made.webhooks.push_back(std::move(one));
  // WireMock writes the place of a stub into its files; it reads, and here recomputes it.
  reader.integer("insertionIndex", 0, 9'000'000'000'000'000'000);
  reader.end();
  if (failure) return tl::unexpected(std::move(*failure));
  made.stored = stored_form(*members);
  made.stored.erase("insertionIndex");
  return made;
}

void stub_mapping::set_id(std::string given) {
  id = std::move(given);
  json::object with_id;
  with_id.set("id", id);
  if (const json::value* named = stored.find("name")) with_id.set("name", *named);
  with_id.set("request", *stored.find("request"));
  with_id.set("response", *stored.find("response"));
  with_id.set("uuid", id);
  for (const auto& [key, value] : stored)
    if (key != "id" && key != "uuid" && !with_id.contains(key)) with_id.set(key, value);
  stored = std::move(with_id);
}

json::value stub_mapping::shown() const {
  json::object out = stored;
  if (times) out.set("times", *times);
  return out;
}

}  // namespace epicenter::mock::stubs
