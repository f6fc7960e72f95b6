// The words of a command line, read for one verb.
#pragma once

#include "harness/cli/proxy_verbs/verb.hpp"

namespace epicenter::cli {

/// The verb that the words begin with, and how many words name it.
struct found_verb {
  const verb* what = nullptr;
  std::size_t words = 0;
};
found_verb find_verb(std::span<const std::string> words);

/// Options and positional arguments behind the verb, those that every verb takes included. Errors tell what
/// is not known, or what a value is missing for.
result<arguments> read_words(const verb&, std::span<const std::string> words);

/// --host, --token-file, --help: what every verb takes.
std::span<const verb_option> common_options();

/// All verbs with their summaries; one verb with its options.
std::string verbs_help();
std::string verb_help(const verb&);

}  // namespace epicenter::cli
