// The commands of the program, as data. A new command is one file and one line in catalog.cpp.
#pragma once

#include <cstdint>
#include <epicenter/base/result.hpp>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::cli {

/// One option of a command. Without value_name it is a flag.
struct option {
  std::string_view name;        ///< "--seed"
  std::string_view value_name;  ///< "N"
  std::string_view help;
  std::span<const std::string_view> choices = {};
  bool repeatable = false;
};

/// What was given on the command line, by option name. Positional arguments are under "".
class arguments {
 public:
  explicit arguments(std::map<std::string, std::vector<std::string>, std::less<>> given)
      : given_(std::move(given)) {}

  bool has(std::string_view name) const { return given_.contains(name); }
  std::string get(std::string_view name, std::string_view fallback = {}) const;
  std::vector<std::string> all(std::string_view name) const;
  const std::vector<std::string>& positional() const;
  /// A whole number of at least `minimum`; an error names the option.
  result<std::optional<std::uint64_t>> number(std::string_view name, std::uint64_t minimum = 0) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> given_;
};

enum class errc {
  usage = 1,  ///< wrong command line: exit code 2
};
std::error_code make_error_code(errc);

struct command {
  std::string_view name;
  std::string_view summary;
  std::string_view positional;  ///< "PATH…"; empty: none are taken
  std::string_view positional_help = {};
  bool positional_required = false;
  std::span<const option> options;
  std::string_view examples;  ///< shown below the options: one a line
  std::string_view epilogue;  ///< more to know: outputs, exit codes
  int (*run)(const arguments&);
  /// Options as another program spells them, and what they are here: {"-host", "--api-host"}.
  std::span<const std::pair<std::string_view, std::string_view>> also_spelled = {};
  /// Takes the words behind the command's name where they begin with a verb of its own: the exit code then.
  std::optional<int> (*run_verb)(std::span<char* const> words) = nullptr;
};

std::span<const command* const> all_commands();

extern const command run_command;
extern const command check_command;
extern const command plan_command;
extern const command schema_command;
extern const command mock_command;
extern const command proxy_command;
extern const command worklist_command;

/// Parses and runs: the program's main without the program. Returns the exit code.
int run_program(int argc, char** argv);

/// Prints "epicenter: message" to the standard error and returns the exit code given.
int complain(const std::string& message, int exit_code);

}  // namespace epicenter::cli

template <>
struct std::is_error_code_enum<epicenter::cli::errc> : std::true_type {};
