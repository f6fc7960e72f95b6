#include <epicenter/base/cause.hpp>
#include <epicenter/http/egress_proxy.hpp>
#include <epicenter/http/error.hpp>
#include <epicenter/http/serialise.hpp>
#include <epicenter/http/tls_error.hpp>

namespace epicenter::http {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<proxy_errc>(value)) {
    case proxy_errc::unreachable:
      return "the egress proxy cannot be reached";
    case proxy_errc::credentials:
      return "the egress proxy does not accept these credentials, or wants some";
    case proxy_errc::refused:
      return "the egress proxy does not allow this server";
    case proxy_errc::server_unreachable:
      return "the egress proxy cannot reach the server";
    case proxy_errc::no_answer:
      return "the egress proxy did not answer";
    case proxy_errc::malformed:
      return "what the egress proxy answered is no answer to CONNECT";
  }
  return "unknown error of the egress proxy";
}

const error_sentences category{"egress proxy", sentence_of};

constexpr std::string_view loopback = "localhost,127.0.0.0/8,::1";

std::optional<std::string> either(const environment& from, const std::string& upper, const std::string& lower,
                                  std::string& found) {
  found = upper;
  auto value = from(upper);
  if (value) return value;
  found = lower;
  return from(lower);
}

// Reads "user:password", percent-encoded. A password may hold colons, a user may not.
result<> read_user(std::string_view text, egress_proxy& into) {
  const std::size_t colon = text.find(':');
  auto user = percent_decode(text.substr(0, colon));
  auto password =
      percent_decode(colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1));
  // No reason is passed on: it might quote a secret.
  const bool sound = user && password && !user->empty() && user->find(':') == std::string::npos &&
                     is_field_value(*user) && is_field_value(*password);
  if (!sound) return fail(errc::malformed, "the user information of the proxy's URL");
  into.user = std::move(*user);
  into.password = secret(std::move(*password));
  return {};
}

}  // namespace

std::error_code make_error_code(proxy_errc code) {
  return {static_cast<int>(code), category};
}

bool is_refused_by_egress(const error& why) {
  for (const auto kind : {proxy_errc::credentials, proxy_errc::refused})
    if (find_cause(why, make_error_code(kind)) != nullptr) return true;
  return find_cause(why, make_error_code(proxy_errc::unreachable)) != nullptr && is_about_certificate(why);
}

result<egress_proxy> parse_egress_proxy(std::string_view text) {
  egress_proxy made;
  std::string scheme = "http://";
  if (const std::size_t end = text.find("://"); end != std::string_view::npos) {
    scheme = std::string(text.substr(0, end + 3));
    text.remove_prefix(end + 3);
  }
  const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (auto read = read_user(authority.substr(0, at), made); !read) return fail(std::move(read.error()));
    text.remove_prefix(at + 1);
  }
  auto where = parse_url(scheme + std::string(text));
  if (!where) return fail(std::move(where.error()));
  if (where->target != "/") return fail(errc::malformed, "the proxy's URL has a path or a query");
  made.where = std::move(where->where);
  return made;
}

result<std::optional<egress_proxy>> egress_proxy_from(const environment& from) {
  std::string name;
  const auto proxy = either(from, "HTTPS_PROXY", "https_proxy", name);
  if (!proxy) return std::nullopt;
  auto made = parse_egress_proxy(*proxy);
  if (!made) return fail(error(make_error_code(errc::malformed), name).caused_by(std::move(made.error())));
  const auto exceptions = either(from, "NO_PROXY", "no_proxy", name);
  auto direct = no_proxy::parse(exceptions.value_or(std::string()));
  if (!direct)
    return fail(error(make_error_code(errc::malformed), name).caused_by(std::move(direct.error())));
  made->direct = std::move(*direct);
  made->direct.add(no_proxy::parse(loopback).value());
  return std::optional<egress_proxy>(std::move(*made));
}

}  // namespace epicenter::http
