// What the commands that serve have in common.
#pragma once

#include <epicenter/json/value.hpp>
#include <epicenter/runtime/endpoint.hpp>

#include "harness/cli/command.hpp"

namespace epicenter::cli {

/// The endpoint an option names. Only loopback addresses and Unix sockets are taken.
result<runtime::endpoint> loopback_endpoint(const arguments&, std::string_view option,
                                            std::string_view fallback);

/// The endpoint an option names. Other addresses than loopback only where `guarded`: with what guards the
/// admin API.
result<runtime::endpoint> guarded_endpoint(const arguments&, std::string_view option,
                                           std::string_view fallback, bool guarded);

/// A whole number from 1 to `most`.
result<std::size_t> bounded_number(const arguments&, std::string_view option, std::uint64_t fallback,
                                   std::uint64_t most);

/// The one line of --token-file: 16 to 4096 visible ASCII characters. Empty where the option is not given.
result<std::string> read_token_file(const arguments&);

/// A file of at most so many bytes.
result<std::string> read_text_file(const std::string& path, std::size_t limit);

/// An error where the file cannot be written whole.
result<> write_text_file(const std::string& path, const std::string& text);

/// A JSON file of at most 16 MiB.
result<json::value> read_json_file(const std::string& path);

}  // namespace epicenter::cli
