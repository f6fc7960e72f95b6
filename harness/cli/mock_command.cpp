#include <fmt/core.h>
#include <epicenter/base/units.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/real/runtime_team.hpp>
#include <epicenter/runtime/task.hpp>

#include <array>
#include <csignal>

#include "harness/cli/command.hpp"
#include "harness/cli/serving.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view profiles[] = {"strict", "orders"};
constexpr std::uint64_t most_threads = 64;
constexpr option known_options[] = {
    {"--listen", "HOST:PORT", "Where to listen (default 127.0.0.1:0; port 0: a free one). Loopback only"},
    {"--profile", "PROFILE", "strict (default): Epic's public API as it is; orders: orders are accepted",
     profiles},
    {"--patients", "N", "Synthetic patients (default 200)"},
    {"--seed", "N", "Seed of the synthetic data and of tokens (default 1)"},
    {"--token-lifetime", "TIME", "What expires_in says, from 1s to 24h (default 1h)"},
    {"--threads", "N", "Threads that serve, from 1 to 64 (default 1)"},
    {"--open", "", "Serve FHIR without a token"},
    {"--client", "ID", "Register this client; needs --jwks"},
    {"--jwks", "FILE", "The client's JSON Web Key Set"},
};

/// Until a signal comes; then every runtime ends what it serves.
runtime::task<> serve(runtime::runtime_team& team, mock::mock_epic& mock) {
  const std::vector<int> signals{SIGINT, SIGTERM};
  (void)co_await runtime::wait_for_signal(team.at(0), signals);
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
    auto jwks = read_json_file(args.get("--jwks"));
    if (!jwks) return fail(std::move(jwks.error()));
    o.clients.push_back({args.get("--client"), std::move(*jwks)});
  }
  return o;
}

result<std::size_t> threads_of(const arguments& args) {
  auto given = args.number("--threads", 1);
  if (!given) return fail(std::move(given.error()));
  if (given->value_or(1) > most_threads) return fail(errc::usage, "--threads takes at most 64");
  return static_cast<std::size_t>(given->value_or(1));
}

int run_mock(const arguments& args) {
  auto options = options_of(args);
  if (!options) return complain(options.error().message(), 2);
  auto threads = threads_of(args);
  if (!threads) return complain(threads.error().message(), 2);
  auto listen = loopback_endpoint(args, "--listen", "127.0.0.1:0");
  if (!listen) return complain(listen.error().message(), 2);
  runtime::real_options real;
  real.seed = options->seed;
  runtime::runtime_team team(*threads, real);
  mock::mock_epic mock(team.at(0), *options);
  auto listeners = team.listen(*listen);
  if (!listeners) return complain(listeners.error().message(), 8);
  const runtime::endpoint at = listeners->front()->local_endpoint();
  for (std::size_t i = 0; i != team.size(); ++i) mock.serve(team.at(i), std::move((*listeners)[i]));
  const std::string base = "http://" + at.to_string();
  const json::object urls{{"fhir", base + std::string(mock::fhir_path)},
                          {"token", base + std::string(mock::token_path)},
                          {"admin", base + std::string(mock::admin_path)}};
  fmt::print("{}\n", json::write(urls));
  std::fflush(stdout);
  spawn(team.at(0), "mock", serve(team, mock));
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
        "  epicenter mock --listen 127.0.0.1:8080 --profile orders --client my-app --jwks keys.json\n",
    .epilogue =
        "Prints one line of JSON with the URLs (fhir, token, admin), then serves until SIGINT or SIGTERM.\n"
        "Exit codes: 0; 2 wrong command line; 8 the port is taken.",
    .run = run_mock,
};

}  // namespace epicenter::cli
