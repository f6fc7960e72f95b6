// Responses in the form of the original.
#pragma once

#include <epicenter/http/message.hpp>

#include "harness/proxy/toxiproxy/outcome.hpp"
#include "harness/proxy/toxiproxy/populate.hpp"

namespace epicenter::proxy::toxiproxy {

http::response json_reply(unsigned status, const json::value&);
http::response error_reply(const api_error&);
http::response populate_reply(const populated&);
http::response empty_reply(unsigned status);
/// A line of text, as Go's http.Error sends it.
http::response text_reply(unsigned status, std::string_view line);
http::response version_reply();
/// What took longer than the original lets a request take.
http::response timeout_reply();

}  // namespace epicenter::proxy::toxiproxy
