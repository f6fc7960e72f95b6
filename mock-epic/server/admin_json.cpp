#include "mock-epic/server/admin_json.hpp"

#include <algorithm>
#include <array>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::mock::server {
namespace {

json::value nanoseconds(instant at) {
  return std::int64_t{at.time_since_epoch().count()};
}

}  // namespace

http::response reply_json(unsigned status, json::value body) {
  http::response made;
  made.status = status;
  made.fields.set("Content-Type", "application/json");
  made.body = json::write(body);
  return made;
}

http::response reply_nothing() {
  http::response made;
  made.status = 204;
  return made;
}

http::response reply_error(unsigned status, std::string_view code, std::string message) {
  json::object body;
  body.set("error", code);
  body.set("message", std::move(message));
  return reply_json(status, std::move(body));
}

http::response bad_request(std::string message) {
  return reply_error(400, "bad_request", std::move(message));
}

http::response unknown_route() {
  return reply_error(404, "unknown_route", "no such admin route");
}

http::response bad_method() {
  return reply_error(405, "method", "the route does not take this method");
}

json::value to_json(const journal_entry& entry) {
  json::object made;
  made.set("seq", entry.seq);
  made.set("connection", entry.connection);
  made.set("request_id", entry.request_id);
  made.set("method", entry.method);
  made.set("path", entry.path);
  made.set("status", std::uint64_t{entry.status});
  made.set("token", entry.token);
  made.set("rule", entry.rule);
  made.set("identifier", entry.identifier);
  made.set("changed", entry.changed);
  made.set("received_at_ns", nanoseconds(entry.received_at));
  made.set("committed_at_ns", entry.committed_at ? nanoseconds(*entry.committed_at) : json::value());
  made.set("responded_at_ns", entry.responded_at ? nanoseconds(*entry.responded_at) : json::value());
  return made;
}

json::value to_json(const commit& one) {
  json::object made;
  made.set("entry", one.entry);
  made.set("request_id", one.request_id);
  made.set("identifier", one.identifier);
  made.set("resource", one.resource);
  constexpr std::array<std::string_view, 3> kinds{"created", "updated", "deleted"};
  made.set("what", kinds.at(static_cast<std::size_t>(one.what)));
  made.set("version", std::uint64_t{one.version});
  return made;
}

tl::expected<json::object, std::string> read_body(const http::request& request,
                                                  std::initializer_list<std::string_view> allowed) {
  auto parsed = json::parse(request.body);
  if (!parsed) return tl::unexpected(parsed.error().message());
  json::object* body = parsed->if_object();
  if (!body) return tl::unexpected(std::string("the body is not a JSON object"));
  for (const auto& [key, value] : *body)
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end())
      return tl::unexpected("unknown member " + std::string(key));
  return std::move(*body);
}

std::optional<std::string> decode_segment(std::string_view text) {
  auto decoded = http::percent_decode(text);
  if (!decoded || decoded->empty()) return std::nullopt;
  return std::move(*decoded);
}

std::optional<std::string> query_value(const http::request& request, std::string_view name) {
  const auto parameters = http::decode_form(request.query());
  if (!parameters) return std::nullopt;
  for (const auto& [key, value] : *parameters)
    if (key == name) return value;
  return std::nullopt;
}

}  // namespace epicenter::mock::server
