#include "mock-epic/oauth/scope.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace epicenter::mock::oauth {
namespace {

constexpr std::string_view letters = "cruds";
constexpr interactions read_v1 = bit(interaction::read) | bit(interaction::search);
constexpr interactions write_v1 =
    bit(interaction::create) | bit(interaction::update) | bit(interaction::remove);

struct word {
  std::string_view text;
  interactions allowed;
};
constexpr auto v1_words =
    std::to_array<word>({{"read", read_v1}, {"write", write_v1}, {"*", all_interactions}});
constexpr auto bare_words = std::to_array<word>({
    {"create", bit(interaction::create)},
    {"read", bit(interaction::read)},
    {"update", bit(interaction::update)},
    {"delete", bit(interaction::remove)},
    {"search", bit(interaction::search)},
    {"write", write_v1},
});

constexpr std::array<std::string_view, 3> context_names{"patient", "user", "system"};
constexpr std::array<std::string_view, 7> launch_scopes{
    "launch", "launch/patient", "openid", "fhirUser", "profile", "offline_access", "online_access"};

std::string_view name_of(scope_context context) {
  return context_names[static_cast<std::size_t>(context)];
}

template <std::size_t N>
interactions find_word(const std::array<word, N>& words, std::string_view text) {
  for (const word& one : words)
    if (one.text == text) return one.allowed;
  return 0;
}

/// The letters of "cruds" in their order, each at most once; 0 where they are not.
interactions read_letters(std::string_view text) {
  interactions found = 0;
  std::size_t from = 0;
  for (const char c : text) {
    const std::size_t at = letters.find(c, from);
    if (at == std::string_view::npos) return 0;
    found = static_cast<interactions>(found | (1U << at));
    from = at + 1;
  }
  return found;
}

bool is_type_name(std::string_view text) {
  if (text.empty() || text.size() > 64 || text[0] < 'A' || text[0] > 'Z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

std::optional<category_filter> read_filter(std::string_view text) {
  constexpr std::string_view name = "category=";
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  if (text.find('&') != std::string_view::npos) return std::nullopt;
  category_filter made;
  if (const std::size_t bar = text.find('|'); bar != std::string_view::npos) {
    made.system = std::string(text.substr(0, bar));
    text.remove_prefix(bar + 1);
  }
  if (text.empty() || text.find('|') != std::string_view::npos) return std::nullopt;
  made.code = std::string(text);
  return made;
}

std::string write_letters(interactions allowed) {
  std::string text;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if ((unsigned{allowed} >> i) & 1U) text += letters[i];
  return text;
}

template <std::size_t N>
std::string_view word_of(const std::array<word, N>& words, interactions allowed) {
  for (const word& one : words)
    if (one.allowed == allowed) return one.text;
  return {};
}

void append(std::string& text, std::string_view scope) {
  if (!text.empty()) text += ' ';
  text += scope;
}

/// Scopes of one context and type together, in the order of the first; categories are lost.
std::vector<resource_scope> without_categories(const std::vector<resource_scope>& given) {
  std::vector<resource_scope> merged;
  for (const resource_scope& one : given) {
    const auto same = std::find_if(merged.begin(), merged.end(), [&](const resource_scope& other) {
      return other.context == one.context && other.type == one.type;
    });
    if (same == merged.end()) {
      merged.push_back({one.context, one.type, one.allowed, one.spelling, std::nullopt});
    } else {
      same->allowed = static_cast<interactions>(same->allowed | one.allowed);
    }
  }
  return merged;
}

template <std::size_t N>
void append_words(std::string& text, const resource_scope& scope, const std::array<word, N>& words,
                  scope_spelling spelling) {
  for (const word& one : words)
    if (scope.allowed & one.allowed) {
      resource_scope part{scope.context, scope.type, one.allowed, spelling, std::nullopt};
      append(text, write_scope(part));
    }
}

}  // namespace

std::optional<resource_scope> parse_resource_scope(std::string_view text) {
  if (text.size() > max_scope_bytes) return std::nullopt;
  resource_scope made;
  const std::size_t mark = text.find('?');
  std::string_view rest = text.substr(0, mark);
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) {
    made.spelling = scope_spelling::bare;
  } else {
    const auto* const at = std::find(context_names.begin(), context_names.end(), rest.substr(0, slash));
    if (at == context_names.end()) return std::nullopt;
    made.context = static_cast<scope_context>(at - context_names.begin());
    rest.remove_prefix(slash + 1);
  }
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  made.type = std::string(rest.substr(0, dot));
  rest.remove_prefix(dot + 1);
  const bool bare = made.spelling == scope_spelling::bare;
  if (!is_type_name(made.type) && (bare || made.type != "*")) return std::nullopt;
  if (bare) {
    made.allowed = find_word(bare_words, rest);
  } else if ((made.allowed = find_word(v1_words, rest)) != 0) {
    made.spelling = scope_spelling::v1;
  } else {
    made.allowed = read_letters(rest);
  }
  if (made.allowed == 0) return std::nullopt;
  if (mark == std::string_view::npos) return made;
  if (made.spelling != scope_spelling::v2) return std::nullopt;
  made.category = read_filter(text.substr(mark + 1));
  if (!made.category) return std::nullopt;
  return made;
}

std::string write_scope(const resource_scope& scope) {
  if (scope.spelling == scope_spelling::bare && !scope.category && scope.type != "*")
    if (const auto found = word_of(bare_words, scope.allowed); !found.empty())
      return scope.type + "." + std::string(found);
  std::string text(name_of(scope.context));
  text += '/';
  text += scope.type;
  text += '.';
  if (scope.spelling == scope_spelling::v1 && !scope.category)
    if (const auto found = word_of(v1_words, scope.allowed); !found.empty()) return text.append(found);
  text += write_letters(scope.allowed);
  if (!scope.category) return text;
  text += "?category=";
  if (scope.category->system) text += *scope.category->system + "|";
  return text + scope.category->code;
}

bool is_launch_scope(std::string_view text) {
  return std::find(launch_scopes.begin(), launch_scopes.end(), text) != launch_scopes.end();
}

bool scope_list::asks_for(std::string_view launch_scope) const {
  return std::find(launch.begin(), launch.end(), launch_scope) != launch.end();
}

scope_list parse_scopes(std::string_view text) {
  scope_list made;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view one = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    if (one.empty()) continue;
    if (made.resources.size() + made.launch.size() >= max_scopes) {
      ++made.unknown;
    } else if (is_launch_scope(one)) {
      if (!made.asks_for(one)) made.launch.emplace_back(one);
    } else if (auto parsed = parse_resource_scope(one)) {
      made.resources.push_back(std::move(*parsed));
    } else {
      ++made.unknown;
    }
  }
  return made;
}

std::string write_scopes(const scope_list& scopes) {
  std::string text;
  for (const std::string& one : scopes.launch) append(text, one);
  for (const resource_scope& one : scopes.resources) append(text, write_scope(one));
  return text;
}

std::string write_scopes(const scope_list& scopes, scope_spelling spelling) {
  if (spelling == scope_spelling::v2) {
    scope_list all = scopes;
    for (resource_scope& one : all.resources) one.spelling = spelling;
    return write_scopes(all);
  }
  std::string text;
  for (const std::string& one : scopes.launch) append(text, one);
  for (const resource_scope& one : without_categories(scopes.resources)) {
    if (spelling == scope_spelling::v1) {
      constexpr std::array<word, 2> words{v1_words[0], v1_words[1]};
      append_words(text, one, words, spelling);
    } else {
      constexpr std::array<word, 5> words{bare_words[0], bare_words[1], bare_words[2], bare_words[3],
                                          bare_words[4]};
      append_words(text, one, words, spelling);
    }
  }
  return text;
}

}  // namespace epicenter::mock::oauth
