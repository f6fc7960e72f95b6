// How single values are written: own readers, because YAML's take 014 for 12, no for false and .nan for a
// number.
#pragma once

#include <epicenter/base/units.hpp>
#include <string>
#include <utility>
#include <vector>

#include "harness/scenario/binding.hpp"

namespace epicenter::scenario {

/// Any text of at least one character. Secrets by reference are refused here: they have fields of their own.
binder<std::string> text(std::string what = "a text");
/// a-z, 0-9 and '-', not at the ends; at most 64 characters.
binder<std::string> identifier();
/// Plain decimal digits within the range; no sign but '-', no leading zero, no quotes.
binder<std::int64_t> integer(std::int64_t least,
                             std::int64_t most = std::numeric_limits<std::int64_t>::max());
/// 3, 2.5: at least 0, in millionths.
binder<std::int64_t> ratio();
/// true or false, nothing else.
binder<bool> boolean();
/// A duration with its unit, or 0.
binder<duration> a_duration();
/// A duration above 0.
binder<duration> positive_duration();
binder<share> a_share();
/// More than none per period.
binder<rate> a_rate();
binder<std::uint64_t> a_size();
/// ${env:NAME} or ${file:PATH}; anything else is an inline secret.
binder<secret_reference> a_secret();
/// One of the words, exactly as spelt.
binder<std::string> word(std::string what, std::vector<std::string> words);

template <class T>
binder<T> choice(std::string what, const std::vector<std::pair<std::string, T>>& values) {
  std::vector<std::string> words;
  for (const auto& [name, value] : values) words.push_back(name);
  return mapped<T>(word(std::move(what), std::move(words)), [values](const std::string& name) {
    for (const auto& [candidate, value] : values)
      if (candidate == name) return value;
    return values.front().second;  // word() lets only known names through
  });
}

/// "a, b" for messages.
std::string joined(const std::vector<std::string>& words);

}  // namespace epicenter::scenario
