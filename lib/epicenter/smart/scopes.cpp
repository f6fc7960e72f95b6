#include <algorithm>
#include <array>
#include <epicenter/smart/scopes.hpp>

namespace epicenter::smart {
namespace {

constexpr std::size_t max_scope_bytes = 1024;
constexpr std::size_t max_filters = 8;
constexpr std::string_view letters = "cruds";

struct word {
  std::string_view text;
  interactions means;
};
constexpr auto v1_words = std::to_array<word>({{"*", can_everything},
                                               {"read", can_read | can_search},
                                               {"write", can_create | can_update | can_delete}});
constexpr auto bare_words = std::to_array<word>({{"write", can_create | can_update | can_delete},
                                                 {"create", can_create},
                                                 {"read", can_read},
                                                 {"update", can_update},
                                                 {"delete", can_delete},
                                                 {"search", can_search}});
constexpr std::array<std::string_view, 4> context_names{"", "patient", "user", "system"};

interactions with(interactions a, interactions b) {
  return static_cast<interactions>(a | b);
}
interactions without(interactions a, interactions b) {
  return static_cast<interactions>(a & ~unsigned{b});
}

template <std::size_t N>
interactions meaning_of(const std::array<word, N>& words, std::string_view text) {
  for (const word& one : words)
    if (one.text == text) return one.means;
  return 0;
}

// SMART wants the letters in their order; Epic's were never seen in another.
interactions read_letters(std::string_view text) {
  interactions found = 0;
  std::size_t from = 0;
  for (const char c : text) {
    const auto at = letters.find(c, from);
    if (at == std::string_view::npos) return 0;
    found = with(found, static_cast<interactions>(1U << at));
    from = at + 1;
  }
  return found;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_type(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text[0] >= 'A' && text[0] <= 'Z' &&
         std::all_of(text.begin(), text.end(), is_letter);
}

std::optional<scope_context> read_context(std::string_view text) {
  for (std::size_t i = 1; i != context_names.size(); ++i)
    if (context_names[i] == text) return static_cast<scope_context>(i);
  return std::nullopt;
}

bool read_filters(std::string_view text, std::vector<std::string>& into) {
  for (;;) {
    const auto end = std::min(text.find('&'), text.size());
    const auto one = text.substr(0, end);
    const auto equals = one.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 1 == one.size()) return false;
    if (into.size() == max_filters) return false;
    into.emplace_back(one);
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  std::sort(into.begin(), into.end());
  return std::adjacent_find(into.begin(), into.end()) == into.end();
}

void read_word(std::string_view text, scope& into) {
  if (into.context == scope_context::any) {
    into.spelling = scope_spelling::bare;
    into.allowed = meaning_of(bare_words, text);
    return;
  }
  into.allowed = meaning_of(v1_words, text);
  if (into.allowed != 0) into.spelling = scope_spelling::v1;
  if (into.allowed == 0) into.allowed = read_letters(text);
}

// Fewest words first: the tables are ordered so.
template <std::size_t N>
std::vector<std::string_view> words_for(const std::array<word, N>& words, interactions allowed) {
  std::vector<std::string_view> found;
  for (const word& one : words) {
    if (with(one.means, allowed) != allowed) continue;
    found.push_back(one.text);
    allowed = without(allowed, one.means);
  }
  return found;
}

interactions widened(interactions allowed) {
  for (std::size_t i = 1; i != v1_words.size(); ++i)
    if ((allowed & v1_words[i].means) != 0) allowed = with(allowed, v1_words[i].means);
  return allowed;
}

}  // namespace

std::string letters_of(interactions allowed) {
  std::string text;
  for (std::size_t i = 0; i != letters.size(); ++i)
    if ((unsigned{allowed} >> i & 1U) != 0) text += letters[i];
  return text;
}

result<scope> parse_scope(std::string_view text) {
  if (text.size() > max_scope_bytes) return fail(errc::bad_scope, "longer than 1024 bytes");
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; }))
    return fail(errc::bad_scope, "a blank or a character beyond ASCII");
  scope made;
  const auto mark = std::min(text.find('?'), text.size());
  std::string_view rest = text.substr(0, mark);
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    const auto context = read_context(rest.substr(0, slash));
    if (!context) return fail(errc::bad_scope, "no such context");
    made.context = *context;
    rest.remove_prefix(slash + 1);
  }
  const auto dot = rest.find('.');
  if (dot == std::string_view::npos) return fail(errc::bad_scope, "no interaction");
  made.resource = std::string(rest.substr(0, dot));
  if (!is_type(made.resource) && (made.resource != "*" || made.context == scope_context::any))
    return fail(errc::bad_scope, "no resource type");
  read_word(rest.substr(dot + 1), made);
  if (made.allowed == 0) return fail(errc::bad_scope, "no such interaction");
  if (mark == text.size()) return made;
  if (made.spelling != scope_spelling::v2) return fail(errc::bad_scope, "only v2 has filters");
  if (!read_filters(text.substr(mark + 1), made.filters)) return fail(errc::bad_scope, "a malformed filter");
  return made;
}

std::string to_string(const scope& what) {
  std::string start(context_names[static_cast<std::size_t>(what.context)]);
  if (!start.empty()) start += '/';
  start += what.resource + '.';
  if (what.spelling == scope_spelling::v2) {
    start += letters_of(what.allowed);
    for (std::size_t i = 0; i != what.filters.size(); ++i) start += (i == 0 ? '?' : '&') + what.filters[i];
    return start;
  }
  const auto words = what.spelling == scope_spelling::v1 ? words_for(v1_words, what.allowed)
                                                         : words_for(bare_words, what.allowed);
  std::string all;
  for (const std::string_view one : words) {
    if (!all.empty()) all += ' ';
    all.append(start).append(one);
  }
  return all;
}

scope to_v2(scope what) {
  what.spelling = scope_spelling::v2;
  if (what.context == scope_context::any) what.context = scope_context::system;
  return what;
}

scope to_v1(scope what) {
  what.spelling = scope_spelling::v1;
  if (what.context == scope_context::any) what.context = scope_context::system;
  what.filters.clear();
  what.allowed = widened(what.allowed);
  return what;
}

}  // namespace epicenter::smart
