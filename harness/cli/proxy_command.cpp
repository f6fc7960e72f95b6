#include <fmt/core.h>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/task.hpp>

#include <csignal>

#include "harness/cli/command.hpp"
#include "harness/cli/proxy_setup.hpp"
#include "harness/cli/proxy_verbs/verb.hpp"
#include "harness/cli/serving.hpp"
#include "harness/proxy/file_recorder.hpp"
#include "harness/proxy/team_crew.hpp"
#include "harness/proxy/toxiproxy/config_file.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view protocol_versions[] = {"v1", "v2"};

constexpr option known_options[] = {
    {"--api", "HOST:PORT",
     "Where the control API listens (default 127.0.0.1:8474; port 0: a free one). Other addresses than "
     "loopback need --token-file"},
    {"--token-file", "FILE",
     "A file with one line: the bearer token that every request to the API must have"},
    {"--config", "FILE",
     "Proxies with their toxics, as Toxiproxy's config file and POST /populate have them"},
    {"--listen", "HOST:PORT", "Where clients connect (default 127.0.0.1:0), or unix:/PATH; needs --upstream"},
    {"--upstream", "HOST:PORT",
     "Where the first proxy, called epic, relays to: loopback and private ranges, or see --allow-host"},
    {"--allow-host", "HOST", "A host or address that upstreams may have besides; '*': any", {}, true},
    {"--seed", "N", "Seed of the faults' randomness (default 1)"},
    {"--threads", "N", "Threads that carry the traffic (default: one a core); one more controls them"},
    {"--record", "FILE",
     "Appends a line of JSON for each HTTP exchange: times, sizes, status, operation, outcome; never bodies, "
     "targets or secrets"},
    {"--tls", "", "End TLS: clients shake hands with the proxy, by a certificate made when they come"},
    {"--tls-cert", "FILE", "End TLS with this certificate chain, PEM, leaf first; needs --tls-key"},
    {"--tls-key", "FILE", "The private key of --tls-cert, PEM, without a passphrase"},
    {"--tls-client-ca", "FILE", "Clients must show a certificate of these authorities, PEM"},
    {"--tls-ca-out", "FILE",
     "Writes the authority that clients are to trust, PEM, before the line is printed"},
    {"--upstream-tls", "", "Begin TLS to the upstream, and verify it"},
    {"--upstream-ca", "FILE", "Authorities to trust for the upstream besides the system's, PEM"},
    {"--upstream-cert", "FILE", "The certificate to show to the upstream, PEM; needs --upstream-key"},
    {"--upstream-key", "FILE", "The private key of --upstream-cert, PEM"},
    {"--server-name", "NAME", "The name that the upstream must prove (default: the host of --upstream)"},
    {"--proxy-protocol", "VERSION", "Announce each client to the upstream by the PROXY protocol",
     protocol_versions},
    {"--api-host", "HOST", "The host of --api, as -host"},
    {"--api-port", "PORT", "The port of --api, as -port"},
    {"--try-config", "FILE", "As --config, but what is wrong with it is only logged, as -config"},
    {"--proxy-metrics", "", "Nothing: GET /metrics of the API is always there. As -proxy-metrics"},
    {"--runtime-metrics", "", "Nothing, as -runtime-metrics"},
};

constexpr std::pair<std::string_view, std::string_view> toxiproxy_spellings[] = {
    {"-host", "--api-host"},
    {"-port", "--api-port"},
    {"-config", "--try-config"},
    {"-seed", "--seed"},
    {"-proxy-metrics", "--proxy-metrics"},
    {"-runtime-metrics", "--runtime-metrics"},
};

/// A running server and what it has to end with.
struct served {
  runtime::runtime_team& team;
  proxy::fault_proxy& proxy;
  proxy::control_api& api;
  proxy::file_recorder* recorder = nullptr;
  int exit_code = 0;
};

void print_start(const runtime::endpoint& api, const proxy::fault_proxy& proxy) {
  json::array routes;
  for (const auto& r : proxy.routes())
    routes.emplace_back(json::object{
        {"name", r.name}, {"listen", r.listen.to_string()}, {"upstream", r.upstream.to_string()}});
  const json::object started{{"api", "http://" + api.to_string()}, {"proxies", std::move(routes)}};
  fmt::print("{}\n", json::write(started));
  std::fflush(stdout);
}

runtime::task<bool> configure(served& s, std::string path, bool only_log) {
  auto applying = proxy::toxiproxy::apply_config_file(s.team.at(0), s.api.toxics(), std::move(path));
  const auto applied = co_await std::move(applying);
  if (applied) co_return true;
  s.exit_code = complain(applied.error().message(), 3);
  if (!only_log) co_return false;
  s.exit_code = 0;
  co_return true;
}

runtime::task<> serve(served& s, const arguments& args, runtime::endpoint api_at) {
  bool goes_on = true;
  if (args.has("--config") || args.has("--try-config")) {
    const bool only_log = args.has("--try-config");
    auto configuring = configure(s, args.get(only_log ? "--try-config" : "--config"), only_log);
    goes_on = co_await std::move(configuring);
  }
  if (goes_on) {
    // Whoever reads the line may end the proxy at once.
    const std::vector<int> signals{SIGINT, SIGTERM};
    auto signal = runtime::wait_for_signal(s.team.at(0), signals);
    print_start(api_at, s.proxy);
    (void)co_await std::move(signal);
  }
  co_await s.api.stop();
  co_await s.proxy.stop();
  if (s.recorder != nullptr) s.recorder->stop();
}

int run_proxy(const arguments& args) {
  auto setup = proxy_setup_of(args);
  if (!setup) return complain(setup.error().message(), 2);
  std::unique_ptr<proxy::file_recorder> recorder;
  if (args.has("--record")) {
    auto opened = proxy::file_recorder::open(args.get("--record"));
    if (!opened) return complain("--record: " + opened.error().message(), 8);
    recorder = std::move(*opened);
  }
  runtime::real_options real;
  real.seed = setup->seed;
  runtime::runtime_team team(setup->threads + 1, real);
  const auto ca_pem = set_up_tls(args, team.at(0).wall(), *setup);
  if (!ca_pem) return complain(ca_pem.error().message(), 2);
  if (args.has("--tls-ca-out")) {
    if (auto written = write_text_file(args.get("--tls-ca-out"), *ca_pem); !written)
      return complain(written.error().message(), 8);
  }
  proxy::fault_proxy proxy(proxy::make_team_crew(team), setup->options, recorder.get());
  proxy::control_api api(team.at(0), proxy, setup->token);
  if (setup->first) {
    if (const auto added = proxy.add(*setup->first); !added) return complain(added.error().message(), 8);
  }
  auto api_at = api.listen(setup->api_at);
  if (!api_at) return complain(api_at.error().message(), 8);
  served s{team, proxy, api, recorder.get(), 0};
  if (recorder) spawn(team.at(0), "recorder", recorder->run(team.at(0)));
  spawn(team.at(0), "proxy", serve(s, args, *api_at));
  team.run();
  if (recorder && recorder->failed()) return complain(args.get("--record") + " could not be written", 8);
  return s.exit_code;
}

}  // namespace

constinit const command proxy_command{
    .name = "proxy",
    .summary = "Starts the fault proxy in a process of its own, or drives one that runs",
    .positional = {},
    .positional_required = false,
    .options = known_options,
    .examples =
        "  epicenter proxy --upstream 127.0.0.1:8080\n"
        "  epicenter proxy --api 127.0.0.1:8474 --listen 127.0.0.1:9443 --upstream 127.0.0.1:8080 --seed 7\n"
        "  epicenter proxy --config toxiproxy.json\n"
        "  epicenter proxy toxic add -t latency -a latency=500 epic\n"
        "  epicenter proxy status\n",
    .epilogue =
        "Prints one line of JSON (api: its URL; proxies: name, listen, upstream), then relays until SIGINT "
        "or\n"
        "SIGTERM. Faults applied through /faults are leases: they end by themselves when whoever applied "
        "them\n"
        "stops renewing them. The rest of the API is Toxiproxy's: its clients and its server's options\n"
        "(-host, -port, -config, -seed) work unchanged.\n"
        "'epicenter proxy help' lists the verbs for a proxy that runs: list, toxic add, status, clear, …\n"
        "Exit codes: 0; 2 wrong command line; 3 the config file is not sound; 8 a port is taken, or a file\n"
        "cannot be written.",
    .run = run_proxy,
    .also_spelled = toxiproxy_spellings,
    .run_verb = run_proxy_verb,
};

}  // namespace epicenter::cli
