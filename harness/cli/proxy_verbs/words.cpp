#include "harness/cli/proxy_verbs/words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "harness/scenario/diagnostic.hpp"

namespace epicenter::cli {
namespace {

constexpr std::array every_verbs_options{
    verb_option{"host", "h", "URL", "Of the control API (default TOXIPROXY_URL, or http://localhost:8474)"},
    verb_option{"token-file", "", "FILE", "The bearer token of an API that asks for one"},
    verb_option{"help", "", "", "Shows this"},
};

bool names(const verb& v, std::string_view first, std::string_view second) {
  const auto space = v.name.find(' ');
  const auto last = v.name.substr(space == std::string_view::npos ? 0 : space + 1);
  const auto is_last = [&](std::string_view word) {
    return word == last || std::find(v.aliases.begin(), v.aliases.end(), word) != v.aliases.end();
  };
  if (space == std::string_view::npos) return is_last(first);
  const auto group = v.name.substr(0, space);
  return (first == group || first == group.substr(0, 1)) && is_last(second);
}

const verb_option* find_option(const verb& v, std::string_view name) {
  for (const auto options : {v.options, common_options()}) {
    const auto found = std::find_if(options.begin(), options.end(), [name](const verb_option& o) {
      return o.name == name || (!o.short_name.empty() && o.short_name == name);
    });
    if (found != options.end()) return &*found;
  }
  return nullptr;
}

std::string option_line(const verb_option& o) {
  const auto shorter = o.short_name.empty() ? std::string() : fmt::format("-{}, ", o.short_name);
  return fmt::format("  {:<28}{}\n", fmt::format("{}--{} {}", shorter, o.name, o.value_name), o.help);
}

}  // namespace

std::span<const verb_option> common_options() {
  return every_verbs_options;
}

found_verb find_verb(std::span<const std::string> words) {
  if (words.empty()) return {};
  const std::string_view second = words.size() > 1 ? std::string_view(words[1]) : std::string_view();
  for (const auto* v : proxy_verbs()) {
    if (names(*v, words[0], second)) return {v, v->name.find(' ') == std::string_view::npos ? 1U : 2U};
  }
  return {};
}

result<arguments> read_words(const verb& v, std::span<const std::string> words) {
  std::map<std::string, std::vector<std::string>, std::less<>> given;
  auto& positional = given[""];
  bool only_positional = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_positional || word.size() < 2 || word.front() != '-') {
      positional.push_back(word);
      continue;
    }
    if (word == "--") {
      only_positional = true;
      continue;
    }
    auto name = std::string_view(word).substr(word.starts_with("--") ? 2 : 1);
    const auto equals = name.find('=');
    const bool joined = equals != std::string_view::npos;
    const auto* option = find_option(v, name.substr(0, equals));
    if (option == nullptr) {
      std::vector<std::string> known;
      for (const auto& o : v.options) known.push_back("--" + std::string(o.name));
      for (const auto& o : common_options()) known.push_back("--" + std::string(o.name));
      return fail(errc::usage,
                  fmt::format("'{}' is not an option of '{}'{}", word, v.name,
                              scenario::suggestion("--" + std::string(name.substr(0, equals)), known)));
    }
    auto& values = given["--" + std::string(option->name)];
    if (option->value_name.empty()) continue;
    if (!joined && i + 1 == words.size())
      return fail(errc::usage, fmt::format("{} takes a value: {}", word, option->value_name));
    if (!values.empty() && !option->repeatable) return fail(errc::usage, word + " is given twice");
    values.emplace_back(joined ? std::string(name.substr(equals + 1)) : words[++i]);
  }
  const std::size_t taken = v.positional.empty() ? 0 : 1;
  if (positional.size() > taken)
    return fail(errc::usage, fmt::format("'{}' is more than '{}' takes", positional[taken], v.name));
  return arguments(std::move(given));
}

std::string verbs_help() {
  std::string text = "Verbs, for a proxy that runs:\n";
  for (const auto* v : proxy_verbs())
    text += fmt::format("  {:<24}{}\n", fmt::format("{} {}", v->name, v->positional), v->summary);
  return text + "\n'epicenter proxy VERB --help' tells all about one verb.\n";
}

std::string verb_help(const verb& v) {
  std::string text = fmt::format("{}\n\nUsage: epicenter proxy {} [OPTIONS] {}\n\nOptions:\n", v.summary,
                                 v.name, v.positional);
  for (const auto& o : v.options) text += option_line(o);
  for (const auto& o : common_options()) text += option_line(o);
  for (std::size_t i = 0; i < v.aliases.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "\nAlso: " : ", ", v.aliases[i]);
  return text + (v.aliases.empty() ? "" : "\n");
}

}  // namespace epicenter::cli
