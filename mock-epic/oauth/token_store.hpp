// The access tokens that were issued.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <epicenter/base/time.hpp>
#include <epicenter/runtime/random.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mock-epic/oauth/scope_book.hpp"

namespace epicenter::mock::oauth {

/// What a token stands for.
struct access {
  std::string client;
  granted_scopes_ptr scopes;  ///< never null in a token that was issued for a client
  std::string patient;        ///< the patient in context, or empty
  std::string fhir_user;      ///< "Practitioner/…" or "Patient/…", or empty
  std::string subject;        ///< who, opaquely: the client itself for a backend service
  std::uint64_t family = 0;   ///< tokens that go back to one authorization; 0: none
  wall_time issued_at{};
};

/// Opaque tokens (or the texts given) with numbers from 1. Expired ones stay known by number, so that the
/// journal can tell which one a client still uses; beyond the bound the oldest are forgotten.
class token_store {
 public:
  token_store(runtime::random_stream random, duration lifetime, std::size_t max_tokens = 100'000)
      : random_(random), lifetime_(lifetime), max_tokens_(max_tokens) {}

  struct issued {
    std::string token;
    std::uint64_t number = 0;
  };
  /// An empty text: an opaque token is made. A text must be new.
  issued issue(instant now, access what = {}, std::string text = {});

  struct standing {
    std::uint64_t number = 0;  ///< 0: never issued, or forgotten
    bool valid = false;
    std::string expired_by;        ///< what ended it before its time, empty where time did
    const access* what = nullptr;  ///< of every known token; valid until the store changes
    instant expires_at{};
  };
  standing look_up(std::string_view token, instant now) const;

  /// Every token issued so far is expired from now on. Returns how many were valid until now.
  std::uint64_t expire_all(instant now, std::string why);
  /// The same of one, by its number.
  bool revoke(std::uint64_t number, instant now, std::string why);
  std::uint64_t revoke_family(std::uint64_t family, instant now, const std::string& why);
  /// Tokens that are valid now.
  std::uint64_t valid(instant now) const;
  duration lifetime() const { return lifetime_; }

 private:
  struct record {
    std::uint64_t number;
    instant expires_at;
    std::string expired_by;
    access what;
  };
  /// The end of a token is random, of an opaque one and of a JWT's signature: that is hashed, at the cost of
  /// a few words however long the token is.
  struct tail_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      std::array<std::uint64_t, 4> words{};
      const std::size_t count = text.size() < sizeof words ? text.size() : sizeof words;
      std::memcpy(words.data(), text.data() + (text.size() - count), count);
      std::uint64_t mixed = text.size();
      for (const std::uint64_t word : words) mixed = (mixed ^ word) * 0x9E3779B97F4A7C15U + (mixed >> 29);
      return static_cast<std::size_t>(mixed ^ (mixed >> 32));
    }
  };
  using by_token = std::unordered_map<std::string, record, tail_hash, std::equal_to<>>;
  template <class Predicate>
  std::uint64_t end_where(instant now, const std::string& why, const Predicate& picks);

  runtime::random_stream random_;
  duration lifetime_;
  std::size_t max_tokens_;
  std::uint64_t last_ = 0;
  by_token tokens_;
  std::deque<by_token::pointer> by_age_;  // the oldest first; elements stay where they are when the map grows
};

}  // namespace epicenter::mock::oauth
