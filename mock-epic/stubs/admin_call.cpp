#include "mock-epic/stubs/admin_call.hpp"

#include <charconv>
#include <epicenter/json/parse.hpp>

#include "mock-epic/stubs/date_text.hpp"
#include "mock-epic/stubs/jackson_text.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::string_view version = "3.13.2";

constexpr std::string_view swagger = R"(<!DOCTYPE html>
<html><head><title>Admin API</title></head><body>
<p>The admin API of WireMock 3.13: /mappings, /requests, /near-misses, /scenarios, /settings, /files,
/recordings, /reset, /health, /version, /shutdown, below /__admin.</p>
</body></html>
)";

/// Whether the path is of the family; what stands behind it goes to rest.
bool is_family(std::string_view path, std::string_view family, std::string_view& rest) {
  if (!path.starts_with(family)) return false;
  rest = path.substr(family.size());
  return rest.empty() || rest.front() == '/';
}

}  // namespace

http::response admin_json(unsigned status, const json::value& body) {
  http::response made;
  made.status = status;
  made.fields.set("Content-Type", "application/json");
  made.body = write_jackson(body);
  return made;
}

http::response admin_empty(unsigned status) {
  http::response made;
  made.status = status;
  return made;
}

http::response admin_error(const stub_error& wrong) {
  json::object one;
  one.set("code", wrong.code);
  if (!wrong.pointer.empty()) one.set("source", json::object{{"pointer", wrong.pointer}});
  one.set("title", wrong.title);
  if (!wrong.detail.empty()) one.set("detail", wrong.detail);
  json::object body;
  body.set("errors", json::array{json::value(std::move(one))});
  return admin_json(wrong.status, std::move(body));
}

std::optional<std::string> decoded_segment(std::string_view text) {
  auto plain = http::percent_decode(text);
  if (!plain || plain->empty()) return std::nullopt;
  return std::move(*plain);
}

std::optional<std::size_t> read_count(std::string_view text) {
  std::size_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc{} || end != text.data() + text.size() || number > 1'000'000'000) return std::nullopt;
  return number;
}

admin_call::admin_call(stub_engine& engine, const http::request& r, std::string_view path,
                       const admin_world& world)
    : engine_(engine), store_(engine.store_), request_(r), path_(path), world_(world) {
  scope_.isolation = r.fields.get(isolation_header);
}

http::response admin_call::answer() {
  std::string_view rest;
  while (path_.size() > 1 && path_.ends_with('/')) path_.remove_suffix(1);
  if (is_family(path_, "/mappings", rest)) return mappings(rest);
  if (is_family(path_, "/requests", rest)) return requests(rest);
  if (is_family(path_, "/near-misses", rest)) return near_misses(rest);
  if (is_family(path_, "/scenarios", rest)) return scenarios(rest);
  if (is_family(path_, "/settings", rest)) return settings(rest);
  if (is_family(path_, "/files", rest)) return files(rest);
  if (is_family(path_, "/recordings", rest)) return recordings(rest);
  if (path_ == "/reset" && is("POST")) {
    const result<> done = engine_.reset(world_.journal, scope_);
    if (done) return admin_empty();
    stub_error wrong;
    wrong.status = 500;
    wrong.title = done.error().message();
    return admin_error(wrong);
  }
  if (path_ == "/health" && is("GET")) return health();
  if (path_ == "/version" && is("GET")) return admin_json(200, json::object{{"version", version}});
  if (path_ == "/shutdown" && is("POST")) {
    engine_.shutdown_requested_ = true;
    return admin_empty();
  }
  if ((path_ == "/docs" || path_ == "/docs/swagger") && is("GET")) {
    http::response made;
    made.fields.set("Content-Type", "text/html");
    made.body = swagger;
    return made;
  }
  return admin_empty(404);
}

http::response admin_call::health() const {
  json::object body;
  body.set("status", "healthy");
  body.set("message", "The mock Epic is ok");
  body.set("version", version);
  body.set("uptimeInSeconds",
           std::int64_t{std::chrono::floor<std::chrono::seconds>(world_.now.time_since_epoch()).count()});
  body.set("timestamp", format_iso_millis(world_.wall));
  return admin_json(200, std::move(body));
}

tl::expected<json::value, stub_error> admin_call::body() const {
  if (request_.body.find_first_not_of(" \t\r\n") == std::string::npos) return json::value(json::object());
  auto parsed = json::parse(request_.body);
  if (parsed) return std::move(*parsed);
  stub_error wrong;
  wrong.detail = parsed.error().message();
  return tl::unexpected(std::move(wrong));
}

tl::expected<request_pattern, stub_error> admin_call::pattern_of_body() const {
  const auto given = body();
  if (!given) return tl::unexpected(given.error());
  std::optional<stub_error> failure;
  request_pattern made = request_pattern::read(*given, "", failure);
  if (failure) return tl::unexpected(std::move(*failure));
  return made;
}

std::string admin_call::query_parameter(std::string_view name) const {
  const auto parameters = http::decode_form(request_.query());
  if (!parameters) return {};
  for (const auto& [key, value] : *parameters)
    if (key == name) return value;
  return {};
}

std::vector<const journal_entry*> admin_call::entries() const {
  std::vector<const journal_entry*> out;
  for (const journal_entry& one : world_.journal.entries())
    if (one.detail && (scope_.isolation.empty() || one.detail->isolation == scope_.isolation))
      out.push_back(&one);
  return out;
}

http::response stub_engine::admin(const http::request& r, std::string_view path, const admin_world& world) {
  return admin_call(*this, r, path, world).answer();
}

}  // namespace epicenter::mock::stubs
