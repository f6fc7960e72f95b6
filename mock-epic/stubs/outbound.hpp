// The calls that stubs have us make: proxying and webhooks, to hosts that are allowed only.
#pragma once

#include <epicenter/http/client.hpp>
#include <epicenter/runtime/task.hpp>
#include <set>
#include <string>

#include "mock-epic/stubs/stub_answer.hpp"

namespace epicenter::mock::stubs {

struct outbound_options {
  std::set<std::string> allowed_hosts;  ///< beside loopback and the private ranges
  http::tls_context_ptr tls;            ///< for https; empty: https is refused
  duration timeout = 30s;               ///< of a call, from connecting to the last byte
  std::size_t max_webhooks = 1'000;     ///< under way at once; more are not called
};

/// Loopback, 10/8, 172.16/12, 192.168/16, fc00::/7 (as literals) and "localhost"; other names only where they
/// are listed: what a name resolves to is not ours to decide.
bool is_allowed_host(std::string_view host, const std::set<std::string>& listed);

/// One a runtime. Stop it before it is destroyed.
class outbound {
 public:
  outbound(runtime::runtime&, outbound_options);

  /// The upstream's response, without hop-by-hop fields; on failure what to tell the client.
  runtime::task<tl::expected<http::response, std::string>> send(proxy_call);
  /// Starts a webhook that nobody waits for.
  void start(webhook_call);
  /// Ends webhooks that are under way, closes connections.
  runtime::task<> stop();

 private:
  runtime::task<> run(webhook_call);
  runtime::runtime& rt_;
  outbound_options options_;
  http::client client_;
  runtime::task_group webhooks_;
};

}  // namespace epicenter::mock::stubs
