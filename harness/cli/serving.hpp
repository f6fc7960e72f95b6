// What the commands that serve have in common.
#pragma once

#include <epicenter/json/value.hpp>
#include <epicenter/runtime/endpoint.hpp>

#include "harness/cli/command.hpp"

namespace epicenter::cli {

/// The endpoint an option names. Only loopback addresses and Unix sockets are taken.
result<runtime::endpoint> loopback_endpoint(const arguments&, std::string_view option,
                                            std::string_view fallback);

/// A JSON file of at most 16 MiB.
result<json::value> read_json_file(const std::string& path);

}  // namespace epicenter::cli
