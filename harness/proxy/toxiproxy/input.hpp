// The bodies of requests, read.
#pragma once

#include <optional>
#include <vector>

#include "harness/proxy/toxiproxy/go_decoder.hpp"
#include "harness/proxy/toxiproxy/outcome.hpp"
#include "harness/proxy/toxiproxy/toxic.hpp"

namespace epicenter::proxy::toxiproxy {

/// A proxy as it is to be, or to become. What is absent (or null) keeps its default, or what it is.
struct proxy_input {
  std::optional<std::string> name, listen, upstream;
  std::optional<bool> enabled;
  std::optional<duration> lease;  ///< no_lease: without one from now on
  std::vector<json::value> toxics;
};

/// 400 «bad request body: …», also for lease_ms out of range.
outcome<proxy_input> read_proxy(std::string_view body);
outcome<std::vector<proxy_input>> read_proxies(std::string_view body);
outcome<json::value> read_body(std::string_view body);

/// The toxic that a body describes, beside those that the proxy has already. Errors in the original's order:
/// types of values, stream, type, name, attributes.
outcome<toxic> read_toxic(const json::value& body, const std::vector<toxic>& present);
/// The toxic with what the body changes: attributes, toxicity, lease.
outcome<toxic> merge_toxic(toxic before, const json::value& body);

}  // namespace epicenter::proxy::toxiproxy
