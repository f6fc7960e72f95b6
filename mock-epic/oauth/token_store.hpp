// The access tokens that were issued.
#pragma once

#include <cstdint>
#include <deque>
#include <epicenter/base/time.hpp>
#include <epicenter/runtime/random.hpp>
#include <map>
#include <string>
#include <string_view>

namespace epicenter::mock::oauth {

/// Opaque tokens with numbers from 1. Expired ones stay known by number, so that the journal can tell which
/// one a client still uses; beyond the bound the oldest are forgotten.
class token_store {
 public:
  token_store(runtime::random_stream random, duration lifetime, std::size_t max_tokens = 100'000)
      : random_(random), lifetime_(lifetime), max_tokens_(max_tokens) {}

  struct issued {
    std::string token;
    std::uint64_t number = 0;
  };
  issued issue(instant now);

  struct standing {
    std::uint64_t number = 0;  ///< 0: never issued, or forgotten
    bool valid = false;
    std::string expired_by;  ///< what ended it before its time, empty where time did
  };
  standing look_up(std::string_view token, instant now) const;

  /// Every token issued so far is expired from now on. Returns how many were valid until now.
  std::uint64_t expire_all(instant now, std::string why);
  /// Tokens that are valid now.
  std::uint64_t valid(instant now) const;
  duration lifetime() const { return lifetime_; }

 private:
  struct record {
    std::uint64_t number;
    instant expires_at;
    std::string expired_by;
  };
  runtime::random_stream random_;
  duration lifetime_;
  std::size_t max_tokens_;
  std::uint64_t last_ = 0;
  using by_token = std::map<std::string, record, std::less<>>;
  by_token tokens_;
  std::deque<by_token::iterator> by_age_;
};

}  // namespace epicenter::mock::oauth
