#include <fmt/core.h>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>

#include <csignal>
#include <thread>

#include "harness/cli/command.hpp"
#include "harness/cli/proxy_verbs/verb.hpp"
#include "harness/cli/serving.hpp"
#include "harness/proxy/proxy.hpp"
#include "harness/proxy/team_crew.hpp"

namespace epicenter::cli {
namespace {

constexpr option known_options[] = {
    {"--api", "HOST:PORT",
     "Where the control API listens (default 127.0.0.1:0; port 0: a free one). Loopback only"},
    {"--listen", "HOST:PORT", "Where clients connect (default 127.0.0.1:0). Loopback only"},
    {"--upstream", "HOST:PORT", "Where it relays to: the mock Epic"},
    {"--seed", "N", "Seed of the faults' randomness (default 1)"},
    {"--threads", "N", "Threads that carry the traffic (default: one a core); one more controls them"},
};

runtime::task<> serve(runtime::real_runtime& rt, proxy::fault_proxy& proxy, proxy::control_api& api) {
  const std::vector<int> signals{SIGINT, SIGTERM};
  (void)co_await runtime::wait_for_signal(rt, signals);
  co_await api.stop();
  co_await proxy.stop();
}

int run_proxy(const arguments& args) {
  const auto seed = args.number("--seed");
  if (!seed) return complain(seed.error().message(), 2);
  const auto threads = args.number("--threads", 1);
  if (!threads) return complain(threads.error().message(), 2);
  if (!args.has("--upstream"))
    return complain("--upstream HOST:PORT is needed: what does the proxy stand before?", 2);
  const auto upstream = runtime::parse_endpoint(args.get("--upstream"));
  if (!upstream) return complain("--upstream: " + upstream.error().message(), 2);
  const auto listen = loopback_endpoint(args, "--listen", "127.0.0.1:0");
  if (!listen) return complain(listen.error().message(), 2);
  const auto api_at = loopback_endpoint(args, "--api", "127.0.0.1:0");
  if (!api_at) return complain(api_at.error().message(), 2);

  runtime::real_options real;
  real.seed = seed->value_or(1);
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  runtime::runtime_team team(threads->value_or(cores) + 1, real);
  proxy::fault_proxy proxy(proxy::make_team_crew(team), {});
  proxy::control_api api(team.at(0), proxy);
  const auto route = proxy.add({"epic", *listen, *upstream});
  if (!route) return complain(route.error().message(), 8);
  const auto api_bound = api.listen(*api_at);
  if (!api_bound) return complain(api_bound.error().message(), 8);

  json::array routes;
  routes.emplace_back(json::object{{"name", route->name},
                                   {"listen", route->listen.to_string()},
                                   {"upstream", route->upstream.to_string()}});
  const json::object started{{"api", "http://" + api_bound->to_string()}, {"proxies", std::move(routes)}};
  fmt::print("{}\n", json::write(started));
  std::fflush(stdout);
  spawn(team.at(0), "proxy", serve(team.at(0), proxy, api));
  team.run();
  return 0;
}

}  // namespace

constinit const command proxy_command{
    .name = "proxy",
    .summary = "Starts the fault proxy in a process of its own",
    .positional = {},
    .positional_required = false,
    .options = known_options,
    .examples =
        "  epicenter proxy --upstream 127.0.0.1:8080\n"
        "  epicenter proxy --api 127.0.0.1:8474 --listen 127.0.0.1:9443 --upstream 127.0.0.1:8080 --seed 7\n",
    .epilogue =
        "Prints one line of JSON (api: its URL; proxies: name, listen, upstream), then relays until SIGINT "
        "or\n"
        "SIGTERM. Every fault is a lease: it ends by itself when whoever applied it stops renewing it.\n"
        "'epicenter proxy help' lists the verbs for a proxy that runs: list, toxic add, status, clear, …\n"
        "Exit codes: 0; 2 wrong command line; 8 a port is taken.",
    .run = run_proxy,
    .run_verb = run_proxy_verb,
};

}  // namespace epicenter::cli
