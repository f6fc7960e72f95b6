#include "mock-epic/oauth/jwks_cache.hpp"

#include <algorithm>
#include <charconv>
#include <epicenter/http/message.hpp>
#include <epicenter/json/parse.hpp>

namespace epicenter::mock::oauth {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

duration read_max_age(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::uint64_t seconds = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (end != text.data() + text.size() || text.empty()) return 0s;
  if (code == std::errc::result_out_of_range) return max_key_age;
  constexpr std::uint64_t most = std::chrono::duration_cast<std::chrono::seconds>(max_key_age).count();
  return code == std::errc{} ? std::chrono::seconds(std::min(seconds, most)) : duration{};
}

}  // namespace

duration cache_time(std::string_view cache_control) {
  duration kept = max_key_age;
  while (!cache_control.empty()) {
    const std::size_t comma = cache_control.find(',');
    const std::string_view one = trim(cache_control.substr(0, comma));
    cache_control = comma == std::string_view::npos ? std::string_view{} : cache_control.substr(comma + 1);
    const std::size_t equals = one.find('=');
    const std::string_view name = trim(one.substr(0, equals));
    if (http::equal_ignoring_case(name, "no-store") || http::equal_ignoring_case(name, "no-cache")) return 0s;
    if (!http::equal_ignoring_case(name, "max-age")) continue;
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view{} : trim(one.substr(equals + 1));
    kept = std::min(kept, read_max_age(value));
  }
  return kept;
}

std::optional<json::value> read_key_set(std::string_view text) {
  json::parse_limits limits;
  limits.max_bytes = max_key_set_bytes;
  limits.max_depth = 8;
  auto parsed = json::parse(text, limits);
  if (!parsed) return std::nullopt;
  const json::value* keys = parsed->find("keys");
  const json::array* list = keys ? keys->if_array() : nullptr;
  if (!list || list->size() > max_keys ||
      !std::all_of(list->begin(), list->end(), [](const json::value& one) { return one.is_object(); }))
    return std::nullopt;
  return std::move(*parsed);
}

const json::value* jwks_cache::find(std::string_view url, instant now) const {
  const auto at = entries_.find(url);
  if (at == entries_.end() || (!frozen_ && at->second.expires_at <= now)) return nullptr;
  return &at->second.keys;
}

bool jwks_cache::is_stale(std::string_view url, instant now) const {
  const auto at = entries_.find(url);
  return frozen_ && at != entries_.end() && at->second.expires_at <= now;
}

void jwks_cache::put(std::string_view url, json::value keys, std::string_view cache_control, instant now) {
  const auto known = entries_.find(url);
  if (frozen_ && known != entries_.end()) return;
  const duration kept = cache_time(cache_control);
  if (kept == 0s && !frozen_) {
    if (known != entries_.end()) entries_.erase(known);
    return;
  }
  if (known == entries_.end() && entries_.size() >= max_entries_)
    entries_.erase(std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
      return a.second.expires_at < b.second.expires_at;
    }));
  entries_.insert_or_assign(std::string(url), entry{std::move(keys), now + kept});
}

}  // namespace epicenter::mock::oauth
