#include "harness/cli/proxy_setup.hpp"

#include <epicenter/runtime/real/runtime_team.hpp>

#include "harness/cli/serving.hpp"
#include "harness/proxy/handshakes.hpp"

namespace epicenter::cli {
namespace {

tl::unexpected<error> usage(std::string what) {
  return fail(errc::usage, std::move(what));
}

/// Toxiproxy's -host and -port are another way to say --api.
result<runtime::endpoint> api_address(const arguments& args, bool guarded) {
  if (!args.has("--api-host") && !args.has("--api-port"))
    return guarded_endpoint(args, "--api", "127.0.0.1:8474", guarded);
  if (args.has("--api")) return usage("--api and -host or -port say the same thing; give one of them");
  std::string host = args.get("--api-host", "127.0.0.1");
  if (host == "localhost") host = "127.0.0.1";
  if (host.find(':') != std::string::npos && host.front() != '[') host = "[" + host + "]";
  auto at = runtime::parse_endpoint(host + ":" + args.get("--api-port", "8474"));
  if (!at) return usage("-host and -port: " + at.error().message());
  if (!guarded && !runtime::is_loopback(*at))
    return usage(
        "-host: " + at->to_string() +
        " is not a loopback address: whoever reaches it can inject faults, so --token-file is needed");
  return at;
}

result<proxy::route_tls_files> tls_files_of(const arguments& args) {
  proxy::route_tls_files files;
  files.terminate = args.has("--tls") || args.has("--tls-cert");
  files.certificate = args.get("--tls-cert");
  files.private_key = args.get("--tls-key");
  files.client_ca = args.get("--tls-client-ca");
  files.originate = args.has("--upstream-tls");
  files.upstream_ca = args.get("--upstream-ca");
  files.upstream_certificate = args.get("--upstream-cert");
  files.upstream_private_key = args.get("--upstream-key");
  files.server_name = args.get("--server-name");
  for (const char* needs : {"--tls-client-ca", "--tls-ca-out", "--tls-key"}) {
    if (args.has(needs) && !files.terminate) return usage(std::string(needs) + " needs --tls or --tls-cert");
  }
  for (const char* needs : {"--upstream-ca", "--upstream-cert", "--upstream-key", "--server-name"}) {
    if (args.has(needs) && !files.originate) return usage(std::string(needs) + " needs --upstream-tls");
  }
  return files;
}

result<std::optional<proxy::route>> first_route(const arguments& args, const proxy_setup& setup) {
  if (auto tls = tls_files_of(args); !tls) return fail(std::move(tls.error()));
  if (!args.has("--upstream")) {
    for (const char* needs : {"--listen", "--tls", "--tls-cert", "--upstream-tls", "--proxy-protocol"}) {
      if (args.has(needs)) return usage(std::string(needs) + " needs --upstream HOST:PORT");
    }
    return std::optional<proxy::route>();
  }
  proxy::route r;
  r.name = "epic";
  auto upstream = runtime::parse_endpoint(args.get("--upstream"));
  if (!upstream) return usage("--upstream: " + upstream.error().message());
  r.upstream = std::move(*upstream);
  auto listen = runtime::parse_endpoint(args.get("--listen", "127.0.0.1:0"));
  if (!listen) return usage("--listen: " + listen.error().message());
  r.listen = std::move(*listen);
  if (!setup.options.upstreams.may_name(r.upstream))
    return usage("--upstream: " + r.upstream.to_string() + " is neither loopback nor private; --allow-host " +
                 r.upstream.host + " allows it");
  if (args.has("--proxy-protocol"))
    r.announce = args.get("--proxy-protocol") == "v1" ? proxy::proxy_protocol::v1 : proxy::proxy_protocol::v2;
  return std::optional(std::move(r));
}

}  // namespace

result<proxy_setup> proxy_setup_of(const arguments& args) {
  proxy_setup setup;
  const auto seed = args.number("--seed");
  if (!seed) return fail(seed.error());
  setup.seed = seed->value_or(1);
  constexpr std::uint64_t most_threads = 256;
  const auto threads = bounded_number(args, "--threads", runtime::processor_count(), most_threads);
  if (!threads) return fail(threads.error());
  setup.threads = *threads;
  const auto allowed = args.all("--allow-host");
  setup.options.upstreams = proxy::upstream_guard({allowed.begin(), allowed.end()});
  auto token = read_token_file(args);
  if (!token) return fail(std::move(token.error()));
  setup.token = secret(std::move(*token));
  auto api_at = api_address(args, !setup.token.empty());
  if (!api_at) return fail(std::move(api_at.error()));
  setup.api_at = std::move(*api_at);
  auto first = first_route(args, setup);
  if (!first) return fail(std::move(first.error()));
  setup.first = std::move(*first);
  if (args.has("--config") && args.has("--try-config"))
    return usage("--config and --try-config say the same thing; give one of them");
  return setup;
}

result<std::string> set_up_tls(const arguments& args, wall_time now, proxy_setup& setup) {
  auto files = tls_files_of(args);
  if (!files) return fail(std::move(files.error()));
  if (!setup.first || (!files->terminate && !files->originate)) return std::string();
  const auto unusable = [](error why) {
    return fail(error(make_error_code(errc::usage)).caused_by(std::move(why)));
  };
  auto route = proxy::load_route_tls(*files);
  if (!route) return unusable(std::move(route.error()));
  std::string ca_pem;
  std::shared_ptr<const http::private_ca> authority;
  if (files->terminate) {
    auto made = http::private_ca::make(now);
    if (!made) return unusable(std::move(made.error()));
    ca_pem = made->pem();
    authority = std::make_shared<const http::private_ca>(std::move(*made));
  }
  auto ends = proxy::make_tls_ends(std::move(*route), std::move(authority), now);
  if (!ends) return unusable(std::move(ends.error()));
  setup.first->tls = std::move(*ends);
  return ca_pem;
}

}  // namespace epicenter::cli
