#include "harness/proxy/toxiproxy/replies.hpp"

#include "harness/proxy/toxiproxy/go_json.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

/// The release whose API this is: clients look whether it is one they know.
constexpr std::string_view spoken_version = "2.12.0";

http::response reply(unsigned status, std::string type, std::string body) {
  http::response r;
  r.status = status;
  r.fields.add("Content-Type", std::move(type));
  r.body = std::move(body);
  return r;
}

json::object shown(const api_error& e) {
  return {{"error", e.text}, {"status", json::value(std::uint64_t{e.status})}};
}

}  // namespace

http::response json_reply(unsigned status, const json::value& body) {
  return reply(status, "application/json", write_go(body));
}

http::response text_reply(unsigned status, std::string_view line) {
  auto r = reply(status, "text/plain; charset=utf-8", std::string(line) + "\n");
  r.fields.add("X-Content-Type-Options", "nosniff");
  return r;
}

http::response error_reply(const api_error& e) {
  return text_reply(e.status, write_go(shown(e)));
}

http::response populate_reply(const populated& p) {
  if (!p.failed) return json_reply(201, json::object{{"proxies", p.done}});
  auto body = shown(*p.failed);
  body.set("proxies", p.done.empty() ? json::value() : json::value(p.done));
  return json_reply(p.failed->status, body);
}

http::response empty_reply(unsigned status) {
  http::response r;
  r.status = status;
  return r;
}

http::response version_reply() {
  return reply(200, "application/json;charset=utf-8",
               "{\"version\": \"" + std::string(spoken_version) + "\"}\n");
}

http::response timeout_reply() {
  return reply(503, "text/html; charset=utf-8",
               "<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>");
}

}  // namespace epicenter::proxy::toxiproxy
