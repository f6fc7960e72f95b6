// The one file that includes CLI11 (10 s of compilation): turns the table of commands into a parser and its
// help.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <list>

#include "harness/cli/command.hpp"
#include "harness/cli/version.hpp"
#include "harness/scenario/diagnostic.hpp"

namespace epicenter::cli {
namespace {

constexpr const char* description =
    "Proves, before patients depend on it, that an Epic FHIR integration survives Epic's bad days.";

constexpr const char* program_footer = R"(
Start here:
  epicenter run scenarios/runbook            the five runbook experiments in virtual time
  epicenter run scenarios/smoke --clock both the same shapes on virtual time and real sockets
  epicenter check my-scenario.yaml           every mistake in a file, in one pass

'epicenter COMMAND --help' tells all about one command.

Exit codes: 0 passed, 1 failed, 2 wrong command line, 3 invalid scenario, 4 inconclusive, 5 stopped by a stop
condition, 6 refused by the blast-radius guard, 7 rollback not confirmed, 8 environment (port taken, target
unreachable, output not writable), 70 internal error, 130/143 ended by SIGINT/SIGTERM (faults removed first).)";

/// Where CLI11 puts what it parsed for one command.
struct parsed {
  const command* what = nullptr;
  CLI::App* app = nullptr;
  std::list<std::pair<std::string, std::vector<std::string>>> values;  // a list: CLI11 keeps references
  std::list<std::pair<std::string, bool>> flags;
  std::vector<std::string> positional;
};

void add_option(parsed& p, const option& o) {
  const std::string name(o.name);
  if (o.value_name.empty()) {
    auto& flag = p.flags.emplace_back(name, false);
    p.app->add_flag(name, flag.second, std::string(o.help));
    return;
  }
  auto& value = p.values.emplace_back(name, std::vector<std::string>{});
  auto* added = p.app->add_option(name, value.second, std::string(o.help));
  added->type_name(std::string(o.value_name));
  added->allow_extra_args(false);
  if (!o.repeatable) added->multi_option_policy(CLI::MultiOptionPolicy::Throw)->expected(1);
  if (!o.choices.empty()) {
    added->check(CLI::IsMember(std::vector<std::string>(o.choices.begin(), o.choices.end())));
    added->type_name(std::string(o.value_name));
  }
}

void add_command(CLI::App& program, parsed& p) {
  const command& c = *p.what;
  p.app = program.add_subcommand(std::string(c.name), std::string(c.summary));
  if (!c.positional.empty()) {
    auto* positional =
        p.app->add_option(std::string(c.positional), p.positional, std::string(c.positional_help));
    positional->type_name("");
    if (c.positional_required) positional->required();
  }
  for (const auto& o : c.options) add_option(p, o);
  std::string footer = "\nExamples:\n" + std::string(c.examples);
  if (!c.epilogue.empty()) footer += "\n" + std::string(c.epilogue);
  p.app->footer(footer);
}

arguments arguments_of(const parsed& p) {
  std::map<std::string, std::vector<std::string>, std::less<>> given;
  for (const auto& [name, values] : p.values) {
    if (!values.empty()) given.emplace(name, values);
  }
  for (const auto& [name, set] : p.flags) {
    if (set) given.emplace(name, std::vector<std::string>{});
  }
  given.emplace("", p.positional);
  return arguments(std::move(given));
}

/// The first word is neither a command nor an option of the program; empty where it is. CLI11 would only say
/// that a command is missing.
std::string unknown_first_word(std::string_view word) {
  std::vector<std::string> names;
  for (const auto* c : all_commands()) names.emplace_back(c->name);
  std::vector<std::string> options{"--help", "-h", "--version"};
  const bool dashed = word.starts_with('-');
  const auto& known = dashed ? options : names;
  if (std::find(known.begin(), known.end(), word) != known.end()) return {};
  if (dashed)
    return fmt::format("'{}' is not an option of the program{}", word, scenario::suggestion(word, known));
  return fmt::format("there is no command '{}'{}", word, scenario::suggestion(word, known));
}

/// What is not an option of the command, with the nearest that is; empty where every option is known.
std::string unknown_option(const command& c, std::span<char* const> args) {
  std::vector<std::string> names{"--help"};
  for (const auto& o : c.options) names.emplace_back(o.name);
  for (const std::string_view arg : args) {
    const auto name = arg.substr(0, arg.find('='));
    if (!name.starts_with("--") || std::find(names.begin(), names.end(), name) != names.end()) continue;
    return fmt::format("'{}' is not an option of '{}'{}", name, c.name, scenario::suggestion(name, names));
  }
  return {};
}

/// The words of the line, with the options that a command takes from another program spelled as its own.
std::vector<std::string> respelled(std::span<char* const> args) {
  std::vector<std::string> words(args.begin(), args.end());
  for (const auto* c : all_commands()) {
    if (words.empty() || words.front() != c->name) continue;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const auto name = words[i].substr(0, words[i].find('='));
      for (const auto& [other, own] : c->also_spelled) {
        if (name == other) words[i] = std::string(own) + words[i].substr(name.size());
      }
    }
  }
  return words;
}

int wrong_line(const CLI::App& program, const std::list<parsed>& commands, const CLI::ParseError& e,
               std::span<char* const> args) {
  std::string what = e.what();
  std::string help = "epicenter --help";
  for (const auto& p : commands) {
    if (!program.got_subcommand(p.app)) continue;
    help = fmt::format("epicenter {} --help", p.what->name);
    if (auto better = unknown_option(*p.what, args); !better.empty()) what = better;
  }
  if (args.empty()) what = "a command is needed: run, check, plan, schema, mock, proxy or worklist";
  return complain(fmt::format("{} (see '{}')", what, help), 2);
}

}  // namespace

int run_program(int argc, char** argv) {
  CLI::App program{description, "epicenter"};
  program.set_version_flag("--version", version_text());
  program.footer(program_footer);
  program.require_subcommand(1);
  std::list<parsed> commands;
  for (const auto* c : all_commands()) {
    commands.push_back(parsed{c, nullptr, {}, {}, {}});
    add_command(program, commands.back());
  }
  const std::span<char* const> args(argv + 1, argv + std::max(argc, 1));
  if (auto unknown = args.empty() ? std::string() : unknown_first_word(args.front()); !unknown.empty()) {
    return complain(unknown + " (see 'epicenter --help')", 2);
  }
  for (const auto* c : all_commands()) {
    if (c->run_verb == nullptr || args.empty() || args.front() != c->name) continue;
    if (const auto ended = c->run_verb(args.subspan(1))) return *ended;
  }
  std::vector<std::string> words = respelled(args);
  try {
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    program.parse(words);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return program.exit(e);  // --help, --version
    return wrong_line(program, commands, e, args);
  }
  for (const auto& p : commands) {
    if (p.app->parsed()) return p.what->run(arguments_of(p));
  }
  return 2;
}

}  // namespace epicenter::cli
