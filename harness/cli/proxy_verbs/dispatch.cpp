#include <fmt/core.h>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>

#include <cstdlib>

#include "harness/cli/proxy_verbs/words.hpp"
#include "harness/cli/serving.hpp"
#include "harness/scenario/diagnostic.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view default_host = "http://localhost:8474";

std::string_view sentence_of(int) {
  return "the verb could not be carried out";
}

/// The URL of the API: the option, the environment, the default; http:// may be left out.
result<http::origin> host_of(const arguments& args) {
  const char* const set = std::getenv("TOXIPROXY_URL");
  const bool from_environment = set != nullptr && *set != '\0';
  std::string host = args.get("--host", from_environment ? std::string_view(set) : default_host);
  if (host.find("://") == std::string::npos) host.insert(0, "http://");
  auto parsed = http::parse_url(host);
  if (!parsed) return fail(errc::usage, fmt::format("--host: '{}' is not a URL like {}", host, default_host));
  if (parsed->where.tls) return fail(errc::usage, "--host: the control API is plain http://");
  return parsed->where;
}

runtime::task<> run(runtime::runtime& rt, const verb& v, http::origin where, secret token,
                    const arguments& args, result<>& ended) {
  control_client client(rt, std::move(where), std::move(token));
  auto running = v.run(client, args);
  ended = co_await std::move(running);
  auto stopping = client.stop();
  co_await std::move(stopping);
}

int run_verb(const verb& v, const arguments& args) {
  if (args.has("--help")) {
    fmt::print("{}", verb_help(v));
    return 0;
  }
  auto where = host_of(args);
  if (!where) return complain(where.error().detail(), 2);
  auto token = read_token_file(args);
  if (!token) return complain(token.error().detail(), 2);
  runtime::real_runtime rt;
  result<> ended;
  runtime::spawn(rt, "verb", run(rt, v, *std::move(where), secret(*std::move(token)), args, ended));
  rt.run();
  if (ended) return 0;
  fmt::print(stderr, "{}\n", ended.error().detail());
  return 1;
}

/// Options of every verb may come before it, as toxiproxy-cli wants them; they are moved behind it.
std::vector<std::string> verb_first(std::span<char* const> words) {
  std::vector<std::string> before, rest;
  std::size_t i = 0;
  for (; i < words.size(); ++i) {
    const std::string_view word(words[i]);
    const auto name = word.substr(0, word.find('='));
    if (name != "--host" && name != "-h" && name != "--token-file") break;
    before.emplace_back(word);
    if (name.size() == word.size() && i + 1 < words.size()) before.emplace_back(words[++i]);
  }
  for (; i < words.size(); ++i) rest.emplace_back(words[i]);
  rest.insert(rest.end(), before.begin(), before.end());
  return rest;
}

int no_such_verb(const std::vector<std::string>& words) {
  std::vector<std::string> known;
  for (const auto* v : proxy_verbs()) known.emplace_back(v->name);
  auto given = words[0];
  const bool toxic = given == "toxic" || given == "t";
  if (toxic && (words.size() == 1 || words[1].starts_with('-')))
    return complain("toxic what? add, update or remove (see 'epicenter proxy help')", 2);
  if (toxic) given = "toxic " + words[1];
  return complain(fmt::format("there is no verb '{}'{} (see 'epicenter proxy help')", given,
                              scenario::suggestion(given, known)),
                  2);
}

}  // namespace

std::error_code make_error_code(verb_errc e) {
  static const error_sentences category{"verb", sentence_of};
  return {static_cast<int>(e), category};
}

result<std::string> proxy_name(const arguments& args) {
  if (args.positional().empty())
    return fail(verb_errc::wrong, "Proxy name is required as the first argument.");
  return args.positional().front();
}

std::optional<int> run_proxy_verb(std::span<char* const> given) {
  const auto words = verb_first(given);
  if (words.empty() || words[0].starts_with('-')) return std::nullopt;
  if (words[0] == "help") {
    fmt::print("{}", verbs_help());
    return 0;
  }
  const auto found = find_verb(words);
  if (found.what == nullptr) return no_such_verb(words);
  const auto args = read_words(*found.what, std::span(words).subspan(found.words));
  if (!args)
    return complain(
        fmt::format("{} (see 'epicenter proxy {} --help')", args.error().detail(), found.what->name), 2);
  return run_verb(*found.what, *args);
}

}  // namespace epicenter::cli
