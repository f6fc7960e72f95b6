// How this module asks other servers: the owner brings the client, and with it connections, TLS and limits.
#pragma once

#include <epicenter/http/message.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/smart/trusted_url.hpp>
#include <functional>

namespace epicenter::smart {

/// Sends the request to the URL's server and gives whatever it answered, redirects included: they are not to
/// be followed. The body is bounded by the owner's http::limits as well as by the reader's own bound.
using fetch_function =
    std::function<runtime::task<result<http::response>>(http::url, http::request, instant deadline)>;

}  // namespace epicenter::smart
