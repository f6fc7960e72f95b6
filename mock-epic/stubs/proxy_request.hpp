// The requests that stubs have us make.
#pragma once

#include <optional>
#include <string_view>

#include "mock-epic/stubs/stub_answer.hpp"

namespace epicenter::mock::stubs {

/// The request as it goes on to the upstream: same method, target (less the prefix) and body; no hop-by-hop
/// fields (RFC 9110, section 7.6.1), no Host of ours, no Accept-Encoding, so that recordings are readable.
proxy_call proxy_request(const http::request&, std::string_view base_url, const proxy_definition&);

/// Nothing where a template of it fails.
std::optional<webhook_call> webhook_request(const webhook_definition&, const template_world&);

}  // namespace epicenter::mock::stubs
