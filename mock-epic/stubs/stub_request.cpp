#include "mock-epic/stubs/stub_request.hpp"

#include <algorithm>
#include <charconv>

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_parameters = 1'000;
constexpr std::size_t most_parts = 100;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string decoded(std::string_view text) {
  auto plain = http::percent_decode(text, true);
  return plain ? std::move(*plain) : std::string(text);
}

http::parameters decode_pairs(std::string_view text) {
  http::parameters out;
  while (!text.empty() && out.size() < most_parameters) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (!pair.empty())
      out.emplace_back(decoded(pair.substr(0, equals)),
                       equals < pair.size() ? decoded(pair.substr(equals + 1)) : std::string());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// The value of `name=…` in a header field such as `form-data; name="a"; filename="b"`.
std::string attribute_of(std::string_view field, std::string_view name) {
  std::size_t at = field.find(';');
  while (at != std::string_view::npos) {
    const std::string_view rest = trim(field.substr(at + 1));
    at = field.find(';', at + 1);
    if (rest.size() <= name.size() || rest[name.size()] != '=' ||
        !http::equal_ignoring_case(rest.substr(0, name.size()), name))
      continue;
    const std::string_view value = rest.substr(name.size() + 1);
    if (value.starts_with('"')) return std::string(value.substr(1, value.find('"', 1) - 1));
    return std::string(trim(value.substr(0, value.find(';'))));
  }
  return {};
}

request_part read_part(std::string_view text) {
  request_part made;
  const std::size_t end = text.find("\r\n\r\n");
  std::string_view head = text.substr(0, end);
  if (end != std::string_view::npos) made.body = std::string(text.substr(end + 4));
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    made.fields.add(std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1))));
  }
  const std::string_view disposition = made.fields.get("Content-Disposition");
  made.name = attribute_of(disposition, "name");
  made.file_name = attribute_of(disposition, "filename");
  return made;
}

std::vector<request_part> read_parts(const http::request& r) {
  std::vector<request_part> out;
  const std::string_view type = r.fields.get("Content-Type");
  const std::string boundary = attribute_of(type, "boundary");
  if (!lower(type).starts_with("multipart/") || boundary.empty()) return out;
  const std::string mark = "--" + boundary;
  std::size_t at = r.body.find(mark);
  while (at != std::string::npos && out.size() < most_parts) {
    at += mark.size();
    const std::size_t end = r.body.find("\r\n" + mark, at);
    if (end == std::string::npos || r.body.compare(at, 2, "\r\n") != 0) break;
    out.push_back(read_part(std::string_view(r.body).substr(at + 2, end >= at + 2 ? end - at - 2 : 0)));
    at = end + 2;
  }
  return out;
}

}  // namespace

stub_request::stub_request(const http::request& r, request_origin o) : incoming_(&r), origin_(std::move(o)) {
  const std::string_view named = r.fields.get("Host");
  const std::size_t colon = named.rfind(':');
  const bool has_port = colon != std::string_view::npos && named.find(']', colon) == std::string_view::npos;
  host_ = named.empty() ? origin_.server_host : lower(named.substr(0, has_port ? colon : named.size()));
  port_ = origin_.server_port;
  if (has_port) {
    const std::string_view digits = named.substr(colon + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), port_);
  } else if (!named.empty()) {
    port_ = origin_.scheme == "https" ? 443 : 80;
  }
}

std::string stub_request::absolute_url() const {
  const std::string_view named = incoming_->fields.get("Host");
  const std::string authority = named.empty() ? host_ + ":" + std::to_string(port_) : std::string(named);
  return origin_.scheme + "://" + authority + incoming_->target;
}

std::string_view stub_request::isolation() const {
  return incoming_->fields.get(isolation_header);
}

const http::parameters& stub_request::query() const {
  if (!query_) query_ = decode_pairs(incoming_->query());
  return *query_;
}

const http::parameters& stub_request::form() const {
  if (form_) return *form_;
  const bool is_form =
      lower(incoming_->fields.get("Content-Type")).starts_with("application/x-www-form-urlencoded");
  form_ = is_form ? decode_pairs(incoming_->body) : http::parameters();
  return *form_;
}

const http::parameters& stub_request::cookies() const {
  if (cookies_) return *cookies_;
  cookies_.emplace();
  for (const auto& [name, value] : incoming_->fields) {
    if (!http::equal_ignoring_case(name, "Cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty() && cookies_->size() < most_parameters) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trim(rest.substr(0, end));
      const std::size_t equals = pair.find('=');
      if (equals != std::string_view::npos)
        cookies_->emplace_back(std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return *cookies_;
}

const std::vector<request_part>& stub_request::parts() const {
  if (!parts_) parts_ = read_parts(*incoming_);
  return *parts_;
}

std::vector<std::string> values_of(const http::parameters& all, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& [key, value] : all)
    if (key == name) out.push_back(value);
  return out;
}

std::vector<std::string> values_of(const http::headers& all, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& [key, value] : all)
    if (http::equal_ignoring_case(key, name)) out.push_back(value);
  return out;
}

}  // namespace epicenter::mock::stubs
