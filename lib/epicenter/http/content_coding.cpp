#include <algorithm>
#include <epicenter/http/content_coding.hpp>
#include <optional>

namespace epicenter::http {
namespace {

constexpr std::size_t worth_it = 1024;  // bytes: below it a packet is not saved

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

/// The part before the separator, which is taken off; all where there is none.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return trimmed(part);
}

/// Thousandths. What is no weight (RFC 9110, section 12.4.2) counts as 0: better not sent than not read.
int weight_of(std::string_view parameters) {
  int weight = 1000;
  while (!parameters.empty()) {
    std::string_view value = take_until(parameters, ';');
    const std::string_view name = take_until(value, '=');
    if (!equal_ignoring_case(name, "q")) continue;
    value = trimmed(value);
    if (value.empty() || value.size() > 5 || (value[0] != '0' && value[0] != '1')) return 0;
    if (value.size() > 1 && value[1] != '.') return 0;
    weight = (value[0] - '0') * 1000;
    int unit = 100;
    for (const char c : value.substr(std::min<std::size_t>(value.size(), 2))) {
      if (c < '0' || c > '9') return 0;
      weight += (c - '0') * unit;
      unit /= 10;
    }
    weight = std::min(weight, 1000);
  }
  return weight;
}

bool is_gzip(std::string_view coding) {
  return equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip");
}

bool is_text(const response& r) {
  const std::string type = r.content_type();
  return type.starts_with("text/") || type.ends_with("json") || type.ends_with("xml") ||
         type.ends_with("javascript");
}

bool has_strong_tag(const response& r) {
  const std::string_view tag = r.fields.get("ETag");
  return !tag.empty() && !tag.starts_with("W/");
}

void add_vary(headers& fields) {
  const std::string* given = fields.find("Vary");
  if (given == nullptr) return fields.add("Vary", "Accept-Encoding");
  std::string_view rest = *given;
  while (!rest.empty()) {
    const std::string_view one = take_until(rest, ',');
    if (one == "*" || equal_ignoring_case(one, "Accept-Encoding")) return;
  }
  fields.set("Vary", *given + ", Accept-Encoding");
}

template <class Message>
result<> decode(Message& m, std::size_t max_bytes) {
  const std::string* coding = m.fields.find("Content-Encoding");
  if (coding == nullptr || equal_ignoring_case(*coding, "identity")) return {};
  if (!is_gzip(trimmed(*coding))) return fail(errc::unsupported_coding);
  if (!m.body.empty()) {
    auto text = gunzip(m.body, max_bytes);
    if (!text) return fail(std::move(text.error()));
    m.body = std::move(*text);
  }
  m.fields.erase("Content-Encoding");
  if (m.fields.contains("Content-Length")) m.fields.set("Content-Length", std::to_string(m.body.size()));
  return {};
}

}  // namespace

bool accepts_gzip(const headers& fields) {
  std::optional<int> gzip;
  std::optional<int> any;
  int identity = 0;
  for (const headers::field& field : fields) {
    if (!equal_ignoring_case(field.first, "Accept-Encoding")) continue;
    std::string_view rest = field.second;
    while (!rest.empty()) {
      std::string_view parameters = take_until(rest, ',');
      const std::string_view coding = take_until(parameters, ';');
      const int weight = weight_of(parameters);
      if (is_gzip(coding)) gzip = std::max(gzip.value_or(0), weight);
      if (coding == "*") any = weight;
      if (equal_ignoring_case(coding, "identity")) identity = weight;
    }
  }
  const int wanted = gzip.value_or(any.value_or(0));
  return wanted > 0 && wanted >= identity;
}

void encode_body(response& r, const request& asked, gzip_writer& gzip) {
  if (r.body.size() < worth_it || r.status == 206 || !is_text(r)) return;
  if (r.fields.contains("Content-Encoding") || has_strong_tag(r)) return;
  add_vary(r.fields);
  if (!accepts_gzip(asked.fields)) return;
  std::string small = gzip.write(r.body);
  if (small.size() >= r.body.size()) return;
  r.body = std::move(small);
  r.fields.add("Content-Encoding", "gzip");
}

bool is_gzipped(const headers& fields) {
  const std::string* const coding = fields.find("Content-Encoding");
  return coding != nullptr && is_gzip(trimmed(*coding));
}

result<> decode_body(request& r, std::size_t max_bytes) {
  return decode(r, max_bytes);
}
result<> decode_body(response& r, std::size_t max_bytes) {
  return decode(r, max_bytes);
}

}  // namespace epicenter::http
