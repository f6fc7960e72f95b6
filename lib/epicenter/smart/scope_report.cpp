#include <algorithm>
#include <epicenter/smart/scopes.hpp>

namespace epicenter::smart {
namespace {

bool same_context(const scope& wanted, const scope& granted) {
  return wanted.context == scope_context::any || granted.context == scope_context::any ||
         wanted.context == granted.context;
}

bool covers_type(const scope& granted, const scope& wanted) {
  return granted.resource == "*" || granted.resource == wanted.resource;
}

// Each filter takes something away: what carries no other filters than the wanted one covers it.
bool covers_filters(const scope& granted, const scope& wanted) {
  return std::includes(wanted.filters.begin(), wanted.filters.end(), granted.filters.begin(),
                       granted.filters.end());
}

std::string joined(const std::vector<std::string>& filters) {
  std::string text;
  for (const std::string& one : filters) text += (text.empty() ? "" : "&") + one;
  return text;
}

shortfall compare(const scope& wanted, std::span<const scope> granted) {
  interactions whole = 0;
  interactions part = 0;
  shortfall found;
  for (const scope& one : granted) {
    if (!same_context(wanted, one) || !covers_type(one, wanted)) continue;
    if (covers_filters(one, wanted)) {
      whole |= one.allowed;
    } else if ((one.allowed & wanted.allowed) != 0) {
      part |= one.allowed;
    }
  }
  found.missing = static_cast<interactions>(wanted.allowed & ~unsigned{whole} & ~unsigned{part});
  found.narrowed = static_cast<interactions>(wanted.allowed & ~unsigned{whole} & unsigned{part});
  for (const scope& one : granted) {
    if (!same_context(wanted, one) || !covers_type(one, wanted)) continue;
    if (!covers_filters(one, wanted) && (one.allowed & found.narrowed) != 0)
      found.within.push_back(letters_of(one.allowed & found.narrowed) + " for " + joined(one.filters));
  }
  return found;
}

std::string names_of(interactions which) {
  constexpr std::string_view names[] = {"create", "read", "update", "delete", "search"};
  std::string text;
  for (unsigned i = 0; i != 5; ++i)
    if ((unsigned{which} >> i & 1U) != 0) text.append(text.empty() ? "" : ", ").append(names[i]);
  return text;
}

}  // namespace

std::string shortfall::to_string() const {
  std::string text = resource + ":";
  if (missing != 0) text += ' ' + names_of(missing) + " not granted";
  if (narrowed == 0) return text;
  text += (missing != 0 ? "; " : " ") + names_of(narrowed) + " granted in part only (";
  for (std::size_t i = 0; i != within.size(); ++i) text += (i == 0 ? "" : ", ") + within[i];
  return text + ')';
}

result<std::vector<shortfall>> find_shortfalls(std::span<const std::string> wanted,
                                               std::span<const std::string> granted) {
  std::vector<scope> have;
  for (const std::string& text : granted)
    if (auto one = parse_scope(text)) have.push_back(std::move(*one));
  std::vector<shortfall> all;
  for (const std::string& text : wanted) {
    const auto want = parse_scope(text);
    if (!want) return fail(error(want.error().code(), text + ": " + want.error().detail()));
    shortfall found = compare(*want, have);
    if (found.missing == 0 && found.narrowed == 0) continue;
    found.wanted = text;
    found.resource = want->resource;
    all.push_back(std::move(found));
  }
  return all;
}

}  // namespace epicenter::smart
