// /__admin/scenarios…, /settings…, /files…, /recordings…
#include <algorithm>
#include <map>
#include <set>

#include "mock-epic/stubs/admin_call.hpp"

namespace epicenter::mock::stubs {
namespace {

struct scenario_view {
  std::set<std::string> states{std::string(scenarios::first_state)};
  std::vector<const stub_mapping*> stubs;
};

/// The scenarios that the stubs name.
std::map<std::string, scenario_view> scenarios_of(const std::vector<stub_mapping*>& stubs) {
  std::map<std::string, scenario_view> out;
  for (const stub_mapping* one : stubs) {
    if (!one->scenario) continue;
    scenario_view& view = out[*one->scenario];
    view.stubs.push_back(one);
    if (one->required_state) view.states.insert(*one->required_state);
    if (one->new_state) view.states.insert(*one->new_state);
  }
  return out;
}

/// A test under its own key takes part in the scenarios of all and in its own.
std::vector<stub_mapping*> visible(const stub_store& store, const stub_scope& scope) {
  std::vector<stub_mapping*> out = store.index().all();
  std::erase_if(out, [&scope](const stub_mapping* one) {
    return !one->isolation.empty() && !scope.isolation.empty() && one->isolation != scope.isolation;
  });
  return out;
}

stub_error plain_error(unsigned status, int code, std::string title) {
  stub_error made;
  made.status = status;
  made.code = code;
  made.title = std::move(title);
  return made;
}

}  // namespace

http::response admin_call::scenarios(std::string_view rest) {
  if (rest.empty()) return is("GET") ? list_scenarios() : admin_empty(404);
  if (rest == "/reset" && is("POST")) {
    if (scope_.isolation.empty())
      store_.states().clear();
    else
      store_.states().reset(scope_.isolation);
    return admin_json(200, json::object());
  }
  if (!is("PUT") || !rest.ends_with("/state") || rest.size() < 8) return admin_empty(404);
  const auto name = decoded_segment(rest.substr(1, rest.size() - 7));
  return name ? set_scenario(*name) : admin_empty(404);
}

http::response admin_call::list_scenarios() const {
  json::array list;
  for (const auto& [name, view] : scenarios_of(visible(store_, scope_))) {
    json::object one;
    one.set("id", name);
    one.set("name", name);
    one.set("state", store_.states().state_of(scope_.isolation, name));
    json::array states;
    for (const std::string& state : view.states) states.emplace_back(state);
    one.set("possibleStates", std::move(states));
    one.set("mappings", *mappings_json(view.stubs).find("mappings"));
    list.emplace_back(std::move(one));
  }
  return admin_json(200, json::object{{"scenarios", std::move(list)}});
}

http::response admin_call::set_scenario(const std::string& name) {
  const auto known = scenarios_of(visible(store_, scope_));
  const auto found = known.find(name);
  if (found == known.end()) return admin_error(plain_error(404, 404, "Scenario " + name + " does not exist"));
  const auto given = body();
  if (!given) return admin_error(given.error());
  static const json::object nothing;
  std::optional<stub_error> failure;
  object_reader reader(given->if_object() ? *given->if_object() : nothing, "", failure);
  const auto state = reader.text("state");
  reader.end();
  if (failure) return admin_error(*failure);
  if (!state) {
    store_.states().reset(scope_.isolation, name);
    return admin_json(200, json::object());
  }
  if (!found->second.states.contains(*state))
    return admin_error(plain_error(422, 11, "Scenario " + name + " does not support state " + *state));
  store_.states().set(scope_.isolation, name, *state);
  return admin_json(200, json::object());
}

http::response admin_call::settings(std::string_view rest) {
  if (rest.empty() && is("GET")) {
    json::object shown = engine_.settings_.shown;
    if (!shown.contains("proxyPassThrough")) shown.set("proxyPassThrough", true);
    return admin_json(200, json::object{{"settings", std::move(shown)}});
  }
  const bool replaces = rest.empty() && (is("POST") || is("PUT"));
  const bool patches = rest == "/extended" && is("PATCH");
  if (!replaces && !patches) return admin_empty(404);
  const auto given = body();
  if (!given) return admin_error(given.error());
  json::value next = *given;
  if (patches) {
    const json::value* extended = given->find("extended");
    if (!extended || !extended->is_object())
      return admin_error(plain_error(422, 10, "extended is needed, an object"));
    json::object merged = engine_.settings_.shown;
    json::value& into = merged["extended"];
    if (!into.is_object()) into = json::object();
    for (const auto& [key, value] : *extended->if_object()) into.if_object()->set(key, value);
    next = std::move(merged);
  }
  auto made = global_settings::read(next);
  if (!made) return admin_error(made.error());
  engine_.settings_ = std::move(*made);
  return admin_empty();
}

http::response admin_call::files(std::string_view rest) {
  const auto refuse = [](const error& why) { return admin_error(plain_error(400, 10, why.message())); };
  if (rest.empty()) {
    if (!is("GET")) return admin_empty(404);
    const auto paths = store_.files().list();
    if (!paths) return refuse(paths.error());
    json::array list;
    for (const std::string& one : *paths) list.emplace_back(one);
    return admin_json(200, std::move(list));
  }
  const auto path = decoded_segment(rest.substr(1));
  if (!path) return admin_empty(404);
  if (is("PUT")) {
    const result<> written = store_.files().write(*path, request_.body);
    return written ? admin_empty() : refuse(written.error());
  }
  if (is("DELETE")) {
    const auto removed = store_.files().remove(*path);
    if (!removed) return refuse(removed.error());
    return admin_empty(*removed ? 200 : 404);
  }
  if (!is("GET")) return admin_empty(404);
  auto content = store_.files().read(*path);
  if (!content) return refuse(content.error());
  if (!*content) return admin_empty(404);
  http::response made;
  made.fields.set("Content-Type", "application/octet-stream");
  made.body = std::move(**content);
  return made;
}

http::response admin_call::recordings(std::string_view rest) {
  recorder& recording = engine_.recorder_;
  if (rest == "/status" && is("GET"))
    return admin_json(200, json::object{{"status", recorder::name_of(recording.state())}});
  if (!is("POST")) return admin_empty(404);
  if (rest == "/stop") {
    if (recording.state() != recorder::status::recording)
      return admin_error(plain_error(422, 30, "Not currently recording."));
    return store_recording(recording.stop(), false);
  }
  if (rest != "/start" && rest != "/snapshot") return admin_empty(404);
  const auto given = body();
  if (!given) return admin_error(given.error());
  auto spec = record_spec::read(*given);
  if (!spec) return admin_error(spec.error());
  if (rest == "/snapshot") return store_recording(recording.snapshot(*spec), spec->ids_only);
  if (!http::parse_url(spec->target))
    return admin_error(plain_error(422, 10, "targetBaseUrl is needed: an absolute http or https URL"));
  recording.start(std::move(*spec));
  return admin_json(200, json::object());
}

http::response admin_call::store_recording(std::vector<json::value> stubs, bool ids_only) {
  json::array shown;
  // The newest wins: stored from the last to the first, shown from the first.
  for (auto one = stubs.rbegin(); one != stubs.rend(); ++one) {
    auto stub = stub_mapping::read(*one);
    if (!stub) return admin_error(stub.error());
    const auto added = store_.add(std::move(*stub), scope_);
    if (!added) return admin_error(added.error());
    shown.insert(shown.begin(), ids_only ? json::value((*added)->id) : (*added)->shown());
  }
  json::object out;
  out.set(ids_only ? "ids" : "mappings", std::move(shown));
  return admin_json(200, std::move(out));
}

}  // namespace epicenter::mock::stubs
