#include "mock-epic/fhir/bundle_entry.hpp"

#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/base64.hpp"
#include "mock-epic/fhir/http_date.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::size_t max_url = 8'192;

/// Printable ASCII without spaces: what a request line can carry.
bool is_target(std::string_view url) {
  for (const char c : url)
    if (c <= ' ' || c > '~') return false;
  return url.size() <= max_url;
}

}  // namespace

tl::expected<bundle_runner::entry, std::string> bundle_runner::entry::read(const json::value& v,
                                                                           std::string_view base_path,
                                                                           const call& outer) {
  const std::string_view method = v.string_at("request.method");
  std::string_view url = v.string_at("request.url");
  if (method.empty()) return tl::unexpected(std::string("Required element missing: request.method"));
  if (url.starts_with(outer.base)) url.remove_prefix(outer.base.size());
  while (url.starts_with('/')) url.remove_prefix(1);
  if (url.empty()) return tl::unexpected(std::string("Required element missing: request.url"));
  if (!is_target(url)) return tl::unexpected(std::string("Not a URL: request.url"));
  entry made;
  made.request.method = method;
  made.request.target = std::string(base_path) + "/" + std::string(url);
  made.request.scheme = outer.request.scheme;
  // Of who asks and how; what says something of the outer body does not belong to the entry.
  for (const auto& [name, field] : outer.request.fields)
    if (!http::equal_ignoring_case(name, "Accept") && !http::equal_ignoring_case(name, "Content-Type") &&
        !http::equal_ignoring_case(name, "Content-Length") &&
        !http::equal_ignoring_case(name, "Content-Encoding") &&
        !http::equal_ignoring_case(name, "If-Match") && !http::equal_ignoring_case(name, "If-None-Match") &&
        !http::equal_ignoring_case(name, "If-None-Exist") &&
        !http::equal_ignoring_case(name, "If-Modified-Since"))
      made.request.fields.add(name, field);
  made.request.fields.set("Accept", "application/fhir+json");  // replies stand in a JSON Bundle
  static constexpr std::pair<std::string_view, std::string_view> conditions[] = {
      {"request.ifMatch", "If-Match"},
      {"request.ifNoneMatch", "If-None-Match"},
      {"request.ifNoneExist", "If-None-Exist"}};
  for (const auto& [from, to] : conditions)
    if (const std::string_view condition = v.string_at(from); !condition.empty())
      made.request.fields.set(to, std::string(condition));
  if (const auto since = data::parse_date(v.string_at("request.ifModifiedSince")))
    made.request.fields.set("If-Modified-Since",
                            format_http_date(wall_time(std::chrono::seconds(since->begin))));
  if (const json::value* resource = v.find("resource")) made.body = *resource;
  made.full_url = v.string_at("fullUrl");
  std::string_view path = made.request.path();
  path.remove_prefix(base_path.size());
  made.asked = find_route(method, path);
  // Operations read a body, and levers look into one to see whom it is about.
  if (made.body && (outer.meddler || made.asked.what == interaction::operation)) {
    made.request.body = json::write(*made.body);
    made.request.fields.set("Content-Type", "application/fhir+json");
  }
  return made;
}

std::optional<json::value> bundle_runner::entry::patch_operations() const {
  if (!body || body->string_at("resourceType") != "Binary") return std::nullopt;
  const auto text = decode_base64(body->string_at("data"));
  auto parsed = text ? json::parse(*text) : json::parse("");
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

void bundle_runner::entry::write_reply(std::string& out, bool whole) const {
  const http::response& r = reply.response;
  const bool failed = r.status >= 400;
  const bool reads =
      reply.filed.empty() && (request.method == "GET" || request.method == "HEAD" ||
                              asked.what == interaction::operation || asked.what == interaction::search);
  const bool html = r.fields.contains("Content-Type");  // IIS answered
  out += '{';
  if (!failed && !r.body.empty() && (whole || reads)) out += R"("resource":)" + r.body + ",";
  out += R"("response":{"status":)" +
         json::quote(std::to_string(r.status) + " " + std::string(http::reason_phrase(r.status)));
  if (const std::string* location = r.fields.find("Location"))
    out += R"(,"location":)" + json::quote(*location);
  if (const std::string* tag = r.fields.find("ETag")) out += R"(,"etag":)" + json::quote(*tag);
  if (const auto modified = parse_http_date(r.fields.get("Last-Modified")))
    out += R"(,"lastModified":")" + data::format_instant(*modified) + '"';
  if (failed && !html && !r.body.empty()) out += R"(,"outcome":)" + r.body;
  out += "}}";
}

}  // namespace epicenter::mock::fhir
