// What status and watch show.
#pragma once

#include "harness/cli/proxy_verbs/control_client.hpp"

namespace epicenter::cli {

/// The faults at work, the toxics, and the proxies that are disabled, as tables.
runtime::task<result<std::string>> status_text(control_client&);

}  // namespace epicenter::cli
