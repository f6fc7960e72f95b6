// The verbs of `epicenter proxy`: those of toxiproxy-cli, and more. A new verb is one file and one line in
// catalog.cpp.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <optional>
#include <span>

#include "harness/cli/command.hpp"
#include "harness/cli/proxy_verbs/control_client.hpp"

namespace epicenter::cli {

/// One option of a verb. Without value_name it is a flag. Each name works with one dash and with two.
struct verb_option {
  std::string_view name;  ///< "toxicity"; arguments know it as "--toxicity"
  std::string_view short_name;
  std::string_view value_name;
  std::string_view help;
  bool repeatable = false;
};

struct verb {
  std::string_view name;                      ///< "toxic add"
  std::span<const std::string_view> aliases;  ///< of its last word
  std::string_view positional;                ///< "NAME"; empty: none is taken
  std::string_view summary;
  std::span<const verb_option> options;
  /// The result is said on the standard output; an error becomes exit code 1.
  runtime::task<result<>> (*run)(control_client&, const arguments&);
};

std::span<const verb* const> proxy_verbs();

/// Runs the verb that the words behind `epicenter proxy` begin with; nothing where they begin with none.
std::optional<int> run_proxy_verb(std::span<char* const> words);

enum class verb_errc {
  wrong = 1,  ///< what the verb needs is missing, or is not of its kind
};
std::error_code make_error_code(verb_errc);

/// The one positional argument; "Proxy name is required as the first argument."
result<std::string> proxy_name(const arguments&);

}  // namespace epicenter::cli

template <>
struct std::is_error_code_enum<epicenter::cli::verb_errc> : std::true_type {};
