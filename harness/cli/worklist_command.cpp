#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <epicenter/base/environment.hpp>
#include <epicenter/epic/key_files.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/real/wall_clock.hpp>
#include <epicenter/runtime/task.hpp>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include "harness/cli/command.hpp"
#include "harness/cli/worklist_ledger.hpp"
#include "harness/cli/worklist_text.hpp"
#include "harness/scenario/diagnostic.hpp"

namespace epicenter::cli {
namespace {

constexpr option known_options[] = {
    {"--ledger", "FILE", "The ledger of the adapter: needed"},
    {"--keys", "FOLDER",
     "Where the adapter keeps its keys, if it seals its ledger (default: $EPICENTER_KEYS)"},
    {"--actor", "NAME", "Who decides; needed by written and release, and kept with the decision"},
    {"--version", "N",
     "The version of the write that was looked at, as list and show print it; needed by written and release: "
     "where the write has changed since, they change nothing"},
    {"--json", "", "Prints JSON instead of text"},
};

struct action {
  std::string_view name;
  std::size_t words;  ///< that it takes besides its name
  std::string_view usage;
  bool decides;
};
constexpr std::array actions{
    action{"list", 0, "list", false},
    action{"show", 1, "show OPERATION", false},
    action{"written", 2, "written OPERATION RESOURCE", true},
    action{"release", 1, "release OPERATION", true},
};

struct asked {
  const action* what = &actions.front();
  std::string operation;
  std::string resource;  ///< as given: "ServiceRequest/eAbc" or "eAbc"
  std::string ledger;
  std::string keys;  ///< empty: the ledger is not sealed
  std::string actor;
  std::uint32_t version = 0;  ///< 0: not given
  bool as_json = false;
};

std::string read_version(const arguments& args, asked& wanted) {
  const auto given = args.number("--version", 1);
  if (!given) return given.error().message();
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (given->value_or(0) > most) return fmt::format("--version takes a number up to {}", most);
  wanted.version = static_cast<std::uint32_t>(given->value_or(0));
  return {};
}

/// What belongs to a decision is there where something is decided, and only there.
std::string check_decision(const asked& wanted) {
  if (!wanted.what->decides) {
    if (!wanted.actor.empty()) return "--actor is for written and release";
    return wanted.version == 0 ? "" : "--version is for written and release";
  }
  if (wanted.actor.empty()) return "--actor NAME is needed: who has looked into the EHR?";
  if (wanted.version == 0)
    return "--version N is needed: which version of the write was looked at (see 'show')?";
  return {};
}

/// What is wrong with the words; empty where nothing is.
std::string read_words(const arguments& args, asked& wanted) {
  wanted.ledger = args.get("--ledger");
  wanted.keys = args.has("--keys") ? args.get("--keys")
                                   : process_environment()("EPICENTER_KEYS").value_or(std::string());
  wanted.actor = args.get("--actor");
  wanted.as_json = args.has("--json");
  const auto& words = args.positional();
  if (!words.empty()) {
    const auto* found = std::find_if(actions.begin(), actions.end(),
                                     [&words](const action& one) { return one.name == words.front(); });
    if (found == actions.end()) {
      std::vector<std::string> names;
      for (const auto& one : actions) names.emplace_back(one.name);
      return fmt::format("the worklist has no action '{}'{}", words.front(),
                         scenario::suggestion(words.front(), names));
    }
    wanted.what = found;
    if (words.size() != found->words + 1) return fmt::format("it takes: worklist {}", found->usage);
    if (found->words > 0) wanted.operation = words[1];
    if (found->words > 1) wanted.resource = words[2];
  }
  if (wanted.ledger.empty()) return "--ledger FILE is needed";
  if (auto wrong = read_version(args, wanted); !wrong.empty()) return wrong;
  return check_decision(wanted);
}

/// Opening makes a ledger where there is none: here that would hide a wrong path.
std::string why_no_ledger(const std::string& path) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (!std::filesystem::exists(status)) return "there is no such file";
  if (!std::filesystem::is_regular_file(status)) return "it is no file";
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::strerror(errno);
  constexpr std::string_view magic = "SQLite format 3";
  std::string begin(magic.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return begin == magic ? "" : "it is no ledger";
}

using opened_ledger = result<std::unique_ptr<store::ledger>>;

/// With the key only where it is sealed: the wrong folder's key must not seal one that is not. And no key is
/// made here: it would open nothing.
opened_ledger open(runtime::runtime& rt, const asked& wanted) {
  auto in_clear = store::open_ledger(rt, wanted.ledger);
  const bool is_sealed = !in_clear && in_clear.error() == make_error_code(store::errc::wrong_key);
  if (!is_sealed || wanted.keys.empty()) return in_clear;
  const std::string path = wanted.keys + "/ledger.key";
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) {
    return fail(store::errc::wrong_key, path + ": there is no such file");
  }
  store::ledger_options options;
  auto key = epic::key_in_file(path);
  if (!key) return fail(std::move(key.error()));
  options.key = std::move(*key);
  return store::open_ledger(rt, wanted.ledger, std::move(options));
}

bool is_fhir_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

/// The id in "Type/id" or "id"; the type must be that of the write.
result<std::string> id_of(const std::string& resource, const store::ledger_row& row) {
  const auto slash = resource.find('/');
  const bool typed = slash != std::string::npos;
  if (typed && resource.substr(0, slash) != row.resource_type) {
    return fail(errc::usage, fmt::format("the write is a {}, not {}", row.resource_type, resource));
  }
  std::string id = typed ? resource.substr(slash + 1) : resource;
  if (!is_fhir_id(id)) return fail(errc::usage, fmt::format("'{}' is no id of a FHIR resource", resource));
  return id;
}

void show(const asked& wanted, const store::write_history& found) {
  if (wanted.as_json) {
    fmt::print("{}\n", json::write(write_json(found)));
  } else {
    fmt::print("{}", write_text(found, runtime::system_time()));
  }
}

runtime::task<result<>> list(store::ledger& in, const asked& wanted) {
  auto rows = co_await writes_under_review(in);
  if (!rows) co_return fail(std::move(rows.error()));
  if (wanted.as_json) {
    fmt::print("{}\n", json::write(worklist_json(*rows)));
  } else if (rows->empty()) {
    fmt::print("nothing needs review\n");
  } else {
    fmt::print("{}", worklist_table(*rows, runtime::system_time()));
  }
  co_return result<>{};
}

runtime::task<result<>> act(store::ledger& in, const asked& wanted) {
  if (wanted.what->name == "list") co_return co_await list(in, wanted);
  auto found = co_await one_write(in, wanted.operation);
  if (!found) co_return fail(std::move(found.error()));
  if (wanted.what->decides) {
    review_decision decided;
    decided.found.operation = wanted.operation;
    decided.found.actor = wanted.actor;
    decided.found.at = runtime::system_time();
    decided.found.version = wanted.version;
    if (wanted.what->words > 1) {
      auto id = id_of(wanted.resource, found->row);
      if (!id) co_return fail(std::move(id.error()));
      decided.resource_id = std::move(*id);
    }
    auto changed = co_await decide(in, std::move(decided));
    if (!changed) co_return changed;
    found = co_await one_write(in, wanted.operation);
    if (!found) co_return fail(std::move(found.error()));
  }
  show(wanted, *found);
  co_return result<>{};
}

const char* hint_for(const error& why) {
  return why == make_error_code(store::errc::wrong_key) ? " (see --keys)" : "";
}

runtime::task<> act_into(store::ledger& in, const asked& wanted, result<>& ended) {
  ended = co_await act(in, wanted);
}

int exit_code_of(const error& why) {
  if (why == make_error_code(errc::usage)) return 2;
  for (const auto refused : {store::errc::not_found, store::errc::stale_state, store::errc::not_allowed}) {
    if (why == make_error_code(refused)) return 1;
  }
  return 8;
}

int run_worklist(const arguments& args) {
  asked wanted;
  if (const auto wrong = read_words(args, wanted); !wrong.empty()) {
    return complain(wrong + " (see 'epicenter worklist --help')", 2);
  }
  if (const auto why = why_no_ledger(wanted.ledger); !why.empty()) {
    return complain(wanted.ledger + ": " + why, 8);
  }
  runtime::real_runtime rt;
  auto ledger = open(rt, wanted);
  if (!ledger) return complain(wanted.ledger + ": " + ledger.error().message() + hint_for(ledger.error()), 8);
  result<> ended;
  runtime::spawn(rt, "worklist", act_into(**ledger, wanted, ended));
  rt.run();
  if (ended) return 0;
  const std::string about = wanted.operation.empty() ? wanted.ledger : wanted.operation;
  return complain(about + ": " + ended.error().message(), exit_code_of(ended.error()));
}

}  // namespace

constinit const command worklist_command{
    .name = "worklist",
    .summary =
        "Shows the writes of which nobody knows whether they are in the EHR, and records what was found out",
    .positional = "ACTION",
    .positional_help =
        "list (default); show OPERATION; written OPERATION RESOURCE: it is in the EHR under this id; "
        "release OPERATION: it is not; the application sends it once more when it starts",
    .positional_required = false,
    .options = known_options,
    .examples =
        "  epicenter worklist --ledger /var/lib/epicenter/ledger.db\n"
        "  epicenter worklist --ledger ledger.db show 0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77\n"
        "  epicenter worklist --ledger ledger.db written 0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77 "
        "ServiceRequest/eAbc "
        "--version 4 --actor jdoe\n",
    .epilogue =
        "A sealed ledger is opened with ledger.key of the folder --keys, or $EPICENTER_KEYS: the adapter's "
        "own.\n"
        "Look into the patient's chart first; the identifier of the write there is the operation. A decision "
        "is "
        "about the\nversion that was looked at: who comes second is told that the write has changed since, "
        "or "
        "is no longer under\nreview, and changes nothing. A write is sent once more in its life; a release "
        "that came to nothing (Epic was\nnot reached) is not used up. Only a ledger with a key keeps the "
        "content that a release sends.\n"
        "Exit codes: 0 shown, or decided; 1 nothing was changed: no such write, not under review any more, "
        "changed\nsince, or nothing to be sent; 2 wrong command line; 8 the ledger is missing, in use, or "
        "cannot be read or written.",
    .run = run_worklist,
};

}  // namespace epicenter::cli
