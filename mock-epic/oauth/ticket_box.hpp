// Bearer texts that are good once: authorization codes, refresh tokens.
#pragma once

#include <deque>
#include <epicenter/base/time.hpp>
#include <epicenter/runtime/random.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "mock-epic/data/opaque_id.hpp"

namespace epicenter::mock::oauth {

/// Spent tickets stay known, so that their misuse is noticed; beyond the bound the oldest are forgotten.
template <class T>
class ticket_box {
 public:
  ticket_box(runtime::random_stream random, std::size_t length, std::size_t max_tickets)
      : random_(random), length_(length), max_(max_tickets) {}

  struct ticket {
    T value;
    instant expires_at;
    bool spent = false;
  };

  std::string put(T value, instant expires_at) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text = data::make_text(random_, alphabet, length_);
    by_age_.push_back(tickets_.emplace(text, ticket{std::move(value), expires_at}).first);
    if (by_age_.size() > max_) {
      tickets_.erase(by_age_.front());
      by_age_.pop_front();
    }
    return text;
  }
  /// nullptr: never issued, or forgotten. Valid until the next put.
  ticket* find(std::string_view text) {
    const auto at = tickets_.find(text);
    return at == tickets_.end() ? nullptr : &at->second;
  }
  /// Spends those whose value the predicate picks. Returns how many were not spent yet.
  template <class Predicate>
  std::uint64_t spend_if(const Predicate& picks) {
    std::uint64_t count = 0;
    for (const auto& at : by_age_)
      if (!at->second.spent && picks(at->second.value)) {
        at->second.spent = true;
        ++count;
      }
    return count;
  }

 private:
  using by_text = std::map<std::string, ticket, std::less<>>;
  runtime::random_stream random_;
  std::size_t length_;
  std::size_t max_;
  by_text tickets_;
  std::deque<typename by_text::iterator> by_age_;
};

}  // namespace epicenter::mock::oauth
