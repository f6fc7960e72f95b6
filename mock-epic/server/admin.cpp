#include "mock-epic/server/admin.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "mock-epic/server/admin_clients.hpp"
#include "mock-epic/server/admin_json.hpp"
#include "mock-epic/server/admin_levers.hpp"
#include "mock-epic/server/times.hpp"

namespace epicenter::mock::server {
namespace {

constexpr std::string_view version = EPICENTER_VERSION;
constexpr std::uint64_t default_limit = 1'000;
constexpr std::uint64_t max_limit = 10'000;

std::string_view name_of(profile p) {
  return p == profile::strict ? "strict" : "orders";
}

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Reads the members of a reset into the options; what is wrong, or empty.
std::string read_options(const json::object& body, options& into) {
  const auto number = [](const json::value& v) {
    const auto digits = v.if_number();
    return digits ? to_number(digits->text) : std::nullopt;
  };
  for (const auto& [key, value] : body) {
    if (key == "profile") {
      const auto name = value.if_string();
      if (!name || (*name != "strict" && *name != "orders")) return "profile is strict or orders";
      into.profile = *name == "strict" ? profile::strict : profile::orders;
    } else if (key == "open") {
      const bool* open = value.if_bool();
      if (!open) return "open is true or false";
      into.open = *open;
    } else {
      const auto read = number(value);
      if (!read) return std::string(key) + " is a whole number";
      if (key == "seed") {
        into.seed = *read;
      } else if (key == "patients") {
        if (into.records && *read != into.patients)
          return "the records were loaded: their patients are as many as they are";
        if (*read == 0 || *read > 1'000'000) return "patients is from 1 to 1000000";
        into.patients = static_cast<std::uint32_t>(*read);
      } else {
        if (*read == 0 || *read > 86'400'000) return "token_lifetime_ms is from 1 to a day";
        into.token_lifetime = std::chrono::milliseconds(*read);
      }
    }
  }
  return {};
}

}  // namespace

bool admin_api::owns(std::string_view path) {
  return path == "health" || path == "site" || path.starts_with("site/") || path == "epic" ||
         path.starts_with("epic/");
}

http::response admin_api::handle(const http::request& request) {
  std::string_view path = request.path();
  path.remove_prefix(std::min(path.size(), admin_path.size() + 1));
  return route(request, path);
}

http::response admin_api::route(const http::request& request, std::string_view path) {
  if (path == "health") return request.method == "GET" ? health() : bad_method();
  if (path == "site") return request.method == "GET" ? state() : bad_method();
  if (path.starts_with("site/")) return route_site(request, path.substr(5));
  if (path == "epic" || path.starts_with("epic/"))
    return handle_levers(mock_.levers(), request, path.substr(std::min<std::size_t>(path.size(), 5)));
  return unknown_route();
}

http::response admin_api::route_site(const http::request& request, std::string_view path) {
  const bool get = request.method == "GET";
  if (path == "journal") return get ? journal(request) : bad_method();
  if (path == "patients") return get ? patients() : bad_method();
  if (path == "identifying-phrases") return get ? identifying_phrases() : bad_method();
  if (path == "identifiers") return get ? identifiers(request) : bad_method();
  if (path == "state") return saved_state(request);
  if (path == "reset") return request.method == "POST" ? reset(request) : bad_method();
  if (path.starts_with("clients/")) {
    const auto id = decode_segment(path.substr(8));
    if (!id) return unknown_route();
    return request.method == "PUT" ? put_client(request, *id) : bad_method();
  }
  return unknown_route();
}

/// WireMock's members: what its clients ask for before anything else.
http::response admin_api::health() const {
  const duration up = rt_.now() - began_;
  json::object body;
  body.set("status", "healthy");
  body.set("message", "The mock Epic answers");
  body.set("version", version);
  body.set("uptimeInSeconds", std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(up).count()});
  body.set("timestamp", write_timestamp(rt_.wall()));
  return reply_json(200, std::move(body));
}

http::response admin_api::state() const {
  json::object body;
  body.set("profile", name_of(current_.profile));
  body.set("patients", std::uint64_t{mock_.patient_count()});
  body.set("seed", current_.seed);
  body.set(
      "token_lifetime_ms",
      std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(current_.token_lifetime).count()});
  body.set("open", current_.open);
  body.set("now_ns", std::int64_t{rt_.now().time_since_epoch().count()});
  return reply_json(200, std::move(body));
}

http::response admin_api::journal(const http::request& request) const {
  const auto after = to_number(query_value(request, "after").value_or("0"));
  const auto limit = to_number(query_value(request, "limit").value_or(std::to_string(default_limit)));
  if (!after || !limit || *limit == 0)
    return bad_request("after and limit are whole numbers, limit more than 0");
  const mock::journal& journal = mock_.journal();
  const auto& entries = journal.entries();
  json::array listed;
  std::uint64_t last = *after;
  const std::uint64_t first = entries.empty() ? 0 : entries.front().seq;
  const std::uint64_t skip = !entries.empty() && *after >= first ? *after - first + 1 : 0;
  for (std::uint64_t i = skip; i < entries.size() && listed.size() < std::min(*limit, max_limit); ++i) {
    listed.push_back(to_json(entries[i]));
    last = entries[i].seq;
  }
  const auto& commits = journal.commits();
  auto at = std::upper_bound(commits.begin(), commits.end(), *after,
                             [](std::uint64_t seq, const commit& one) { return seq < one.entry; });
  json::array made;
  for (; at != commits.end() && at->entry <= last; ++at) made.push_back(to_json(*at));
  json::object body;
  body.set("entries", std::move(listed));
  body.set("commits", std::move(made));
  body.set("total", journal.total());
  body.set("evicted", journal.evicted());
  body.set("now_ns", std::int64_t{rt_.now().time_since_epoch().count()});
  return reply_json(200, std::move(body));
}

http::response admin_api::reset(const http::request& request) {
  const auto body = read_body(request, {"profile", "patients", "seed", "token_lifetime_ms", "open"});
  if (!body) return bad_request(body.error());
  options next = current_;
  next.day.reset();  // a hospital of today
  if (std::string wrong = read_options(*body, next); !wrong.empty()) return bad_request(std::move(wrong));
  mock_.reset(std::move(next));
  return reply_nothing();
}

http::response admin_api::put_client(const http::request& request, std::string_view id) {
  auto client = read_client(request, id);
  if (!client) return bad_request(std::move(client.error()));
  mock_.register_client(std::move(*client));
  return reply_nothing();
}

http::response admin_api::saved_state(const http::request& request) {
  if (request.method == "PUT") {
    const auto restored = mock_.restore(request.body);
    return restored ? reply_nothing() : bad_request(restored.error().message());
  }
  if (request.method != "GET") return bad_method();
  http::response made;
  made.fields.set("Content-Type", "application/x-ndjson");
  made.body = mock_.state();
  return made;
}

http::response admin_api::patients() const {
  json::array list;
  for (mock_epic::patient_ref& one : mock_.patients()) {
    json::object made;
    made.set("patient", std::move(one.patient));
    made.set("encounter", std::move(one.encounter));
    list.emplace_back(std::move(made));
  }
  json::object body;
  body.set("patients", std::move(list));
  return reply_json(200, std::move(body));
}

http::response admin_api::identifying_phrases() const {
  json::array list;
  for (std::string& phrase : mock_.identifying_phrases()) list.emplace_back(std::move(phrase));
  json::object body;
  body.set("phrases", std::move(list));
  return reply_json(200, std::move(body));
}

http::response admin_api::identifiers(const http::request& request) const {
  const auto type = query_value(request, "type");
  const auto value = query_value(request, "value");
  if (!type || !value) return bad_request("type and value are needed");
  json::object body;
  body.set("count", std::uint64_t{mock_.count_by_identifier(*type, *value)});
  return reply_json(200, std::move(body));
}

}  // namespace epicenter::mock::server
