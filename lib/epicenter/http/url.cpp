#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <epicenter/http/error.hpp>
#include <epicenter/http/url.hpp>

namespace epicenter::http {
namespace {

constexpr std::uint16_t default_port(bool tls) {
  return tls ? 443 : 80;
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Percent-escapes and sub-delimiters are allowed in host names by RFC 3986, but name no host on any network
// here.
bool is_host_name(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
  });
}

result<runtime::endpoint> read_server(const boost::urls::url_view& u, bool tls) {
  runtime::endpoint server;
  const std::string_view written = u.encoded_host();
  if (u.host_type() == boost::urls::host_type::ipv6) {
    server.host = std::string(written.substr(1, written.size() - 2));
  } else {
    if (!is_host_name(written)) return fail(errc::malformed, "the URL names no usable host");
    server.host = std::string(written);
  }
  for (char& c : server.host)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  server.port = default_port(tls);
  if (u.has_port() && !u.port().empty()) {
    server.port = u.port_number();
    if (server.port == 0) return fail(errc::malformed, "the URL's port is not in 1 to 65535");
  }
  return server;
}

}  // namespace

std::string origin::authority() const {
  if (server.is_unix()) return "localhost";
  std::string text = server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
  if (server.port != default_port(tls)) text += ":" + std::to_string(server.port);
  return text;
}

std::string origin::to_string() const {
  return (tls ? "https://" : "http://") + authority();
}

result<url> parse_url(std::string_view text) {
  const auto parsed = boost::urls::parse_uri(boost::urls::string_view(text.data(), text.size()));
  if (!parsed) return fail(errc::malformed, "not an absolute URL");
  const boost::urls::url_view u = *parsed;
  url out;
  if (u.scheme_id() == boost::urls::scheme::https)
    out.where.tls = true;
  else if (u.scheme_id() != boost::urls::scheme::http)
    return fail(errc::malformed, "the URL's scheme is neither http nor https");
  if (!u.has_authority()) return fail(errc::malformed, "the URL names no host");
  if (u.has_userinfo()) return fail(errc::malformed, "the URL holds user information");
  auto server = read_server(u, out.where.tls);
  if (!server) return fail(std::move(server.error()));
  out.where.server = std::move(*server);
  const std::string_view path = u.encoded_path();
  // Boost.URL 1.81 ends the port at the first character that is no digit and takes the rest for a path.
  if (!path.empty() && path.front() != '/') return fail(errc::malformed, "the URL's port is no number");
  out.target = path.empty() ? "/" : std::string(path);
  if (u.has_query()) {
    const std::string_view query = u.encoded_query();
    out.target += '?';
    out.target += query;
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

result<std::string> percent_decode(std::string_view text, bool form) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i != text.size(); ++i) {
    if (form && text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = text.size() - i > 2 ? hex_digit(text[i + 1]) : -1;
      const int low = text.size() - i > 2 ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return fail(errc::malformed, "a percent-escape at byte " + std::to_string(i) + " is broken");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

std::string encode_form(const parameters& all) {
  std::string out;
  for (const auto& [name, value] : all) {
    if (!out.empty()) out += '&';
    out += percent_encode(name);
    out += '=';
    out += percent_encode(value);
  }
  return out;
}

result<parameters> decode_form(std::string_view text) {
  parameters all;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), piece.size() + 1));
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    auto name = percent_decode(piece.substr(0, equals), true);
    if (!name) return fail(std::move(name.error()));
    const std::string_view written =
        equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
    auto value = percent_decode(written, true);
    if (!value) return fail(std::move(value.error()));
    all.emplace_back(std::move(*name), std::move(*value));
  }
  return all;
}

}  // namespace epicenter::http
