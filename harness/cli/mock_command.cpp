#include <fmt/core.h>
#include <epicenter/base/units.hpp>
#include <epicenter/http/url.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/real/runtime_team.hpp>
#include <epicenter/runtime/task.hpp>

#include <array>
#include <csignal>
#include <filesystem>

#include "harness/cli/command.hpp"
#include "harness/cli/mock_tls.hpp"
#include "harness/cli/serving.hpp"
#include "mock-epic/data/load.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view profiles[] = {"strict", "orders"};
constexpr std::string_view certificates[] = {"good", "expired", "wrong-host", "self-signed"};
constexpr option known_options[] = {
    {"--listen", "HOST:PORT",
     "Where to listen (default 127.0.0.1:0; port 0: a free one; or unix:/PATH). Other addresses than "
     "loopback "
     "need --token-file"},
    {"--profile", "PROFILE", "strict (default): Epic's public API as it is; orders: orders are accepted",
     profiles},
    {"--patients", "N", "Synthetic patients (default 200)"},
    {"--seed", "N", "Seed of the synthetic data and of tokens (default 1)"},
    {"--token-lifetime", "TIME", "What expires_in says, from 1s to 24h (default 1h)"},
    {"--threads", "N", "Threads that serve, from 1 to 64 (default 1)"},
    {"--journal", "N", "Requests the journal keeps, from 1 to 10000000; the oldest go first (default 10000)"},
    {"--cache", "MIB",
     "Charts kept at hand, from 1 to 65536 (default 8); others are written again from the seed"},
    {"--token-file", "FILE", "The admin API then asks for this file's one line as its bearer token"},
    {"--tls", "", "Serve TLS, by an authority made at start; the printed line has its certificate (ca)"},
    {"--tls-certificate", "KIND", "good (default), or one that clients must refuse", certificates},
    {"--tls-ca-out", "FILE", "Writes the authority's certificate, PEM, before the line is printed"},
    {"--cert", "FILE", "Serve TLS with this certificate chain, PEM, leaf first; needs --key"},
    {"--key", "FILE", "The private key of --cert, PEM, without a passphrase"},
    {"--open", "", "Serve FHIR without a token"},
    {"--client", "ID", "Register this client; needs --jwks"},
    {"--jwks", "FILE|URL",
     "The client's JSON Web Key Set; of an http or https URL it is fetched when needed"},
    {"--data", "DIR",
     "Records in place of synthetic ones: Bundles and resources (*.json, as Synthea writes them), *.ndjson"},
    {"--stubs", "DIR", "WireMock's files: mappings/ and __files/; persistent stubs are written there"},
    {"--proxy-host", "HOST", "A host that stubs may proxy to, beside loopback and private ranges", {}, true},
};

/// Until a signal comes; then every runtime ends what it serves.
runtime::task<> serve(runtime::runtime_team& team, mock::mock_epic& mock, runtime::task<result<int>> signal) {
  (void)co_await std::move(signal);
  for (std::size_t i = 1; i < team.size(); ++i)
    team.at(i).post([&team, &mock, i] { spawn(team.at(i), "mock", mock.stop(team.at(i))); });
  co_await mock.stop();
}

result<mock::options> options_of(const arguments& args) {
  mock::options o;
  if (args.get("--profile") == "orders") o.profile = mock::profile::orders;
  auto patients = args.number("--patients", 1);
  if (!patients) return fail(std::move(patients.error()));
  constexpr std::uint64_t most_patients = 1'000'000;
  if (patients->value_or(0) > most_patients) return fail(errc::usage, "--patients takes at most 1000000");
  o.patients = static_cast<std::uint32_t>(patients->value_or(200));
  auto seed = args.number("--seed");
  if (!seed) return fail(std::move(seed.error()));
  o.seed = seed->value_or(1);
  if (args.has("--token-lifetime")) {
    auto lifetime = parse_duration(args.get("--token-lifetime"));
    if (!lifetime) return fail(errc::usage, "--token-lifetime: " + lifetime.error().message());
    // expires_in counts whole seconds: a shorter life would be announced as 0.
    if (*lifetime < 1s || *lifetime > 24h) return fail(errc::usage, "--token-lifetime is from 1s to 24h");
    o.token_lifetime = *lifetime;
  }
  o.open = args.has("--open");
  if (args.has("--client") != args.has("--jwks")) return fail(errc::usage, "--client and --jwks go together");
  if (args.has("--client")) {
    mock::client_registration client;
    client.id = args.get("--client");
    const std::string keys = args.get("--jwks");
    if (keys.starts_with("http://") || keys.starts_with("https://")) {
      if (auto url = http::parse_url(keys); !url)
        return fail(errc::usage, "--jwks: " + url.error().message());
      client.jwks_url = keys;
    } else {
      auto jwks = read_json_file(keys);
      if (!jwks) return fail(std::move(jwks.error()));
      client.jwks = std::move(*jwks);
    }
    o.clients.push_back(std::move(client));
  }
  if (args.has("--data")) {
    if (args.has("--patients"))
      return fail(errc::usage, "--data brings its own patients: leave out --patients");
    auto records = mock::data::load_directory(args.get("--data"));
    if (!records)
      return fail(error(make_error_code(errc::usage), "--data").caused_by(std::move(records.error())));
    o.records = std::make_shared<const mock::data::loaded>(std::move(*records));
  }
  return o;
}

/// The one line by which others find the mock.
void print_urls(const runtime::endpoint& at, const mock_tls& tls) {
  const std::string scheme = tls.context ? "https://" : "http://";
  const std::string base = scheme + (at.is_unix() ? "localhost" : at.to_string());
  json::object urls{{"fhir", base + std::string(mock::fhir_path)},
                    {"token", base + std::string(mock::token_path)},
                    {"admin", base + std::string(mock::admin_path)}};
  if (at.is_unix()) urls.set("socket", at.path);
  if (!tls.ca_pem.empty()) urls.set("ca", tls.ca_pem);
  fmt::print("{}\n", json::write(urls));
  std::fflush(stdout);
}

int run_mock(const arguments& args) {
  auto options = options_of(args);
  if (!options) return complain(options.error().message(), 2);
  auto threads = bounded_number(args, "--threads", 1, 64);
  if (!threads) return complain(threads.error().message(), 2);
  auto journal = bounded_number(args, "--journal", 10'000, 10'000'000);
  if (!journal) return complain(journal.error().message(), 2);
  auto cache = bounded_number(args, "--cache", 8, 65'536);
  if (!cache) return complain(cache.error().message(), 2);
  options->chart_bytes = *cache << 20;
  options->parsed_bytes = std::size_t{2} << 20;
  auto token = read_token_file(args);
  if (!token) return complain(token.error().message(), 2);
  auto listen = guarded_endpoint(args, "--listen", "127.0.0.1:0", !token->empty());
  if (!listen) return complain(listen.error().message(), 2);
  if (auto sound = check_tls(args); !sound) return complain(sound.error().message(), 2);
  runtime::real_options real;
  real.seed = options->seed;
  runtime::runtime_team team(*threads, real);
  auto tls = make_mock_tls(args, listen->host, team.at(0).wall());
  if (!tls) return complain(tls.error().message(), 2);
  if (args.has("--tls-ca-out")) {
    if (auto written = write_text_file(args.get("--tls-ca-out"), tls->ca_pem); !written)
      return complain(written.error().message(), 8);
  }
  mock::serving way;
  way.tls = tls->context;
  way.admin_token = std::move(*token);
  way.journal = mock::journal_options::of_command(options->seed);
  way.journal.max_entries = *journal;
  way.stubs_directory = args.get("--stubs");
  if (args.has("--stubs") && !std::filesystem::is_directory(way.stubs_directory))
    return complain("--stubs: " + way.stubs_directory + " is no folder", 2);
  for (std::string& host : args.all("--proxy-host")) way.proxy_hosts.insert(std::move(host));
  way.on_shutdown = [] { std::raise(SIGTERM); };
  mock::mock_epic mock(team.at(0), *options, std::move(way));
  if (auto loaded = mock.load_stubs(); !loaded) return complain("--stubs: " + loaded.error().message(), 2);
  auto listeners = team.listen(*listen);
  if (!listeners) return complain(listeners.error().message(), 8);
  const runtime::endpoint at = listeners->front()->local_endpoint();
  for (std::size_t i = 0; i != team.size(); ++i) mock.serve(team.at(i), std::move((*listeners)[i]));
  // Whoever reads the line may end the mock at once.
  auto signal = runtime::wait_for_signal(team.at(0), {SIGINT, SIGTERM});
  print_urls(at, *tls);
  spawn(team.at(0), "mock", serve(team, mock, std::move(signal)));
  team.run();
  return 0;
}

}  // namespace

constinit const command mock_command{
    .name = "mock",
    .summary = "Starts the mock Epic: token endpoint, FHIR R4 and admin API on one port",
    .positional = {},
    .positional_required = false,
    .options = known_options,
    .examples =
        "  epicenter mock --open --patients 50\n"
        "  epicenter mock --listen 127.0.0.1:8080 --profile orders --client my-app --jwks keys.json\n"
        "  epicenter mock --listen 0.0.0.0:8443 --token-file admin.token --tls --tls-ca-out ca.pem\n",
    .epilogue =
        "Prints one line of JSON with the URLs (fhir, token, admin), then serves until SIGINT or SIGTERM.\n"
        "Requests that are under way then have half a second. The admin URL speaks WireMock's API, and below "
        "/epic and\n"
        "/site the mock's own: levers, clients, reset, state.\n"
        "Exit codes: 0; 2 wrong command line; 8 the port is taken, or a file cannot be written.",
    .run = run_mock,
};

}  // namespace epicenter::cli
