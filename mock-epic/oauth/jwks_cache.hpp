// Key sets fetched from clients' URLs, kept as long as Epic keeps them.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::mock::oauth {

/// Epic: 29 hours by default and at most.
inline constexpr duration max_key_age = 29h;
inline constexpr std::size_t max_key_set_bytes = 64 * 1024;
inline constexpr std::size_t max_keys = 100;

/// How long a reply with this Cache-Control may be kept: 0 by no-store or no-cache, max-age as far as
/// max_key_age goes, max_key_age where it says nothing. A max-age that cannot be read is 0 (RFC 9111, section
/// 4.2.1).
duration cache_time(std::string_view cache_control);

/// A JWK Set: an object whose `keys` are at most max_keys objects. Nothing for any other text, or one longer
/// than max_key_set_bytes.
std::optional<json::value> read_key_set(std::string_view text);

class jwks_cache {
 public:
  explicit jwks_cache(std::size_t max_entries = 1000) : max_entries_(max_entries) {}

  /// What is kept and not expired; while frozen, whatever is kept. nullptr: must be fetched.
  const json::value* find(std::string_view url, instant now) const;
  /// Keeps a set that was fetched, unless its time is 0, or the cache is frozen and has one already. Beyond
  /// the bound the one that expires first is forgotten.
  void put(std::string_view url, json::value keys, std::string_view cache_control, instant now);
  void freeze(bool frozen) { frozen_ = frozen; }
  bool frozen() const { return frozen_; }
  /// True where `find` gives only what is expired, thanks to the frost.
  bool is_stale(std::string_view url, instant now) const;
  std::size_t size() const { return entries_.size(); }

 private:
  struct entry {
    json::value keys;
    instant expires_at;
  };
  std::size_t max_entries_;
  bool frozen_ = false;
  std::map<std::string, entry, std::less<>> entries_;
};

}  // namespace epicenter::mock::oauth
