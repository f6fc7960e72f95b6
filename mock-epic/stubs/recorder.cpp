#include "mock-epic/stubs/recorder.hpp"

#include <algorithm>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <map>

#include "mock-epic/stubs/base64.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_exchanges = 1'000;
constexpr std::size_t most_bytes = 32 * 1024 * 1024;

std::size_t size_of(const proxied_exchange& one) {
  std::size_t sum = one.request.body.size() + one.response.body.size() + one.request.target.size() + 512;
  for (const auto& [name, value] : one.request.fields) sum += name.size() + value.size();
  for (const auto& [name, value] : one.response.fields) sum += name.size() + value.size();
  return sum;
}

bool is_text(std::string_view media_type) {
  static constexpr std::string_view kinds[] = {"text/", "json", "xml", "javascript", "x-www-form-urlencoded"};
  return media_type.empty() || std::any_of(std::begin(kinds), std::end(kinds), [&](auto k) {
           return media_type.find(k) != std::string_view::npos;
         });
}

/// "/Patient/1?x" as "patient-1" with the dash given.
std::string slug(std::string_view target, char dash, bool lower) {
  std::string out;
  for (char c : target.substr(0, target.find('?'))) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && lower) c = static_cast<char>(c + ('a' - 'A'));
    const bool plain = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain)
      out += c;
    else if (!out.empty() && out.back() != dash)
      out += dash;
  }
  while (!out.empty() && out.back() == dash) out.pop_back();
  return out;
}

json::object body_pattern_of(const record_spec& spec, const http::request& r) {
  json::object out;
  const std::string type(r.fields.get("Content-Type"));
  std::string matcher = "auto";
  if (const json::value* given = spec.body_pattern.find("matcher"); given && given->is_string())
    matcher = *given->if_string();
  const bool as_json =
      matcher == "equalToJson" || (matcher == "auto" && type.find("json") != std::string::npos);
  const bool as_xml = matcher == "equalToXml" || (matcher == "auto" && type.find("xml") != std::string::npos);
  if (as_json && json::parse(r.body)) {
    out.set("equalToJson", r.body);
    for (const auto& [key, fallback] : {std::pair<std::string, bool>{"ignoreArrayOrder", true},
                                        std::pair<std::string, bool>{"ignoreExtraElements", true}}) {
      const json::value* given = spec.body_pattern.find(key);
      out.set(key, given ? *given : json::value(fallback));
    }
  } else if (as_xml) {
    out.set("equalToXml", r.body);
  } else if (is_text(type)) {
    out.set("equalTo", r.body);
    const json::value* given = spec.body_pattern.find("caseInsensitive");
    if (given) out.set("caseInsensitive", *given);
  } else {
    out.set("binaryEqualTo", encode_base64(r.body));
  }
  return out;
}

json::object request_of(const record_spec& spec, const proxied_exchange& one) {
  json::object out;
  out.set("url", one.request.target);
  out.set("method", one.request.method);
  json::object fields;
  for (const auto& [name, any_case] : spec.captured_headers) {
    const std::string* value = one.request.fields.find(name);
    if (!value) continue;
    json::object matcher;
    matcher.set("equalTo", *value);
    if (any_case) matcher.set("caseInsensitive", true);
    fields.set(name, std::move(matcher));
  }
  if (!fields.empty()) out.set("headers", std::move(fields));
  if (!one.request.body.empty())
    out.set("bodyPatterns", json::array{json::value(body_pattern_of(spec, one.request))});
  return out;
}

json::object response_of(const http::response& r) {
  json::object out;
  out.set("status", std::uint64_t{r.status});
  if (!r.body.empty()) {
    if (is_text(r.content_type()))
      out.set("body", r.body);
    else
      out.set("base64Body", encode_base64(r.body));
  }
  json::object fields;
  for (const auto& [name, value] : r.fields) {
    // Framing is that of the connection, not of the answer.
    if (http::equal_ignoring_case(name, "Content-Length") ||
        http::equal_ignoring_case(name, "Transfer-Encoding") || http::equal_ignoring_case(name, "Connection"))
      continue;
    json::value& at = fields[name];
    if (at.is_null())
      at = value;
    else if (json::array* list = at.if_array())
      list->emplace_back(value);
    else
      at = json::array{at, json::value(value)};
  }
  if (!fields.empty()) out.set("headers", std::move(fields));
  return out;
}

void read_filters(object_reader& reader, record_spec& into) {
  const json::object* filters = reader.object("filters");
  if (!filters) return;
  json::object pattern = *filters;
  if (const json::value* ids = pattern.find("ids"); ids && ids->is_array())
    for (const json::value& one : *ids->if_array())
      if (one.is_string()) into.ids.insert(*one.if_string());
  pattern.erase("ids");
  pattern.erase("allowNonProxied");
  into.filter =
      request_pattern::read(json::value(std::move(pattern)), reader.pointer_to("filters"), reader.failure());
}

}  // namespace

tl::expected<record_spec, stub_error> record_spec::read(const json::value& from) {
  static const json::object nothing;
  std::optional<stub_error> failure;
  record_spec made;
  object_reader reader(from.if_object() ? *from.if_object() : nothing, "", failure);
  if (!from.is_object()) reader.refuse({}, "an object is needed here");
  made.target = reader.text("targetBaseUrl").value_or("");
  read_filters(reader, made);
  if (const json::object* names = reader.object("captureHeaders")) {
    for (const auto& [name, how] : *names) {
      const json::value* any_case = how.find("caseInsensitive");
      made.captured_headers.emplace_back(name, any_case && any_case->if_bool() && *any_case->if_bool());
    }
  }
  if (const json::object* pattern = reader.object("requestBodyPattern")) made.body_pattern = *pattern;
  made.persist = reader.flag("persist").value_or(true);
  made.repeats_as_scenarios = reader.flag("repeatsAsScenarios").value_or(true);
  const std::string format = reader.text("outputFormat").value_or("FULL");
  if (format != "FULL" && format != "IDS") reader.refuse("outputFormat", "FULL or IDS");
  made.ids_only = format == "IDS";
  for (const std::string_view key : {"extractBodyCriteria", "transformers", "transformerParameters"})
    if (reader.any(key)) reader.refuse(key, "bodies stay in their stubs, and there are no transformers");
  reader.end();
  if (failure) return tl::unexpected(std::move(*failure));
  return made;
}

std::string_view recorder::name_of(status s) {
  if (s == status::never_started) return "NeverStarted";
  return s == status::recording ? "Recording" : "Stopped";
}

void recorder::start(record_spec spec) {
  if (state_ == status::recording) return;  // what runs goes on
  spec_ = std::move(spec);
  state_ = status::recording;
  started_at_ = added_;
}

std::vector<json::value> recorder::stop() {
  state_ = status::stopped;
  return stubs_of(spec_, started_at_);
}

std::vector<json::value> recorder::snapshot(const record_spec& spec) const {
  return stubs_of(spec, 0);
}

void recorder::add(proxied_exchange one) {
  bytes_ += size_of(one);
  kept_.push_back(std::move(one));
  ++added_;
  while (kept_.size() > most_exchanges || (bytes_ > most_bytes && kept_.size() > 1)) {
    bytes_ -= size_of(kept_.front());
    kept_.pop_front();
  }
}

std::vector<json::value> recorder::stubs_of(const record_spec& spec, std::uint64_t after) const {
  struct made_stub {
    json::object request;
    json::object response;
    const proxied_exchange* of = nullptr;
  };
  // Requests that would be the same stub, in the order they came.
  std::vector<std::vector<made_stub>> groups;
  std::map<std::string, std::size_t> group_of;
  const std::uint64_t first = added_ - kept_.size();
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    const proxied_exchange& one = kept_[i];
    if (first + i < after) continue;
    if (!spec.ids.empty() && !spec.ids.contains(one.origin.id)) continue;
    if (spec.filter && !spec.filter->matches(stub_request(one.request, one.origin))) continue;
    made_stub made{request_of(spec, one), response_of(one.response), &one};
    const auto [same, is_new] = group_of.emplace(json::write(made.request), groups.size());
    if (is_new)
      groups.push_back({std::move(made)});
    else if (spec.repeats_as_scenarios)
      groups[same->second].push_back(std::move(made));
  }
  std::vector<json::value> out;
  std::size_t scenario = 0;
  for (const auto& group : groups) {
    const std::string_view target = group.front().of->request.target;
    const std::string name = "scenario-" + std::to_string(scenario + 1) + "-" + slug(target, '-', false);
    if (group.size() > 1) ++scenario;
    for (std::size_t i = 0; i < group.size(); ++i) {
      json::object stub;
      stub.set("name", slug(target, '_', true));
      stub.set("request", group[i].request);
      stub.set("response", group[i].response);
      if (spec.persist) stub.set("persistent", true);
      if (group.size() > 1) {
        stub.set("scenarioName", name);
        stub.set("requiredScenarioState", i == 0 ? "Started" : name + "-" + std::to_string(i + 1));
        if (i + 1 < group.size()) stub.set("newScenarioState", name + "-" + std::to_string(i + 2));
      }
      out.emplace_back(std::move(stub));
    }
  }
  return out;
}

}  // namespace epicenter::mock::stubs
