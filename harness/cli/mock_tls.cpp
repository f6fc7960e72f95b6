#include "harness/cli/mock_tls.hpp"

#include <epicenter/http/private_ca.hpp>
#include <epicenter/runtime/real/wall_clock.hpp>

#include <algorithm>

#include "harness/cli/serving.hpp"

namespace epicenter::cli {
namespace {

constexpr std::size_t largest_pem = 1024 * 1024;

http::certificate_flaw flaw_of(std::string_view name) {
  if (name == "expired") return http::certificate_flaw::expired;
  if (name == "wrong-host") return http::certificate_flaw::wrong_host;
  if (name == "self-signed") return http::certificate_flaw::self_signed;
  return http::certificate_flaw::none;
}

/// The names a client may have for this process.
std::vector<std::string> hosts_of(const std::string& listen_host) {
  std::vector<std::string> hosts{"localhost", "127.0.0.1", "::1"};
  std::string also = listen_host;
  if (also.empty() || also == "0.0.0.0" || also == "::") also = runtime::host_name();
  if (std::find(hosts.begin(), hosts.end(), also) == hosts.end()) hosts.push_back(std::move(also));
  return hosts;
}

result<http::certificate> read_certificate(const arguments& args) {
  auto pem = read_text_file(args.get("--cert"), largest_pem);
  if (!pem) return fail(std::move(pem.error()));
  auto key = read_text_file(args.get("--key"), largest_pem);
  if (!key) return fail(std::move(key.error()));
  return http::certificate{std::move(*pem), std::move(*key)};
}

}  // namespace

result<> check_tls(const arguments& args) {
  if (args.has("--cert") != args.has("--key")) return fail(errc::usage, "--cert and --key go together");
  const bool own = args.has("--cert");
  for (const std::string_view made : {"--tls-certificate", "--tls-ca-out"}) {
    if (!args.has(made)) continue;
    if (own) return fail(errc::usage, std::string(made) + " is of the certificate made here, not of --cert");
    if (!args.has("--tls")) return fail(errc::usage, std::string(made) + " needs --tls");
  }
  return {};
}

result<mock_tls> make_mock_tls(const arguments& args, const std::string& listen_host, wall_time now) {
  mock_tls made;
  if (!args.has("--tls") && !args.has("--cert")) return made;
  result<http::certificate> shown = fail(errc::usage);
  if (args.has("--cert")) {
    shown = read_certificate(args);
  } else {
    const auto ca = http::private_ca::make(now);
    if (!ca) return fail(ca.error());
    made.ca_pem = ca->pem();
    shown = ca->issue(hosts_of(listen_host), now, flaw_of(args.get("--tls-certificate")));
  }
  if (!shown) return fail(std::move(shown.error()));
  http::tls_server_options options;
  options.certificate_pem = std::move(shown->pem);
  options.private_key_pem = std::move(shown->key_pem);
  auto context = http::make_tls_server(options);
  if (!context)
    return fail(error(make_error_code(errc::usage), "--cert and --key").caused_by(context.error()));
  made.context = std::move(*context);
  return made;
}

}  // namespace epicenter::cli
