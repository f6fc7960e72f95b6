// Reads the words of an utterance from left to right.
#pragma once

#include <epicenter/commands/command.hpp>
#include <initializer_list>

namespace epicenter::commands {

class cursor {
 public:
  explicit cursor(std::span<const word> words) : words_(words) {}

  bool done() const { return at_ == words_.size(); }
  std::size_t position() const { return at_; }
  std::span<const word> all() const { return words_; }
  std::span<const word> rest() const { return words_.subspan(at_); }
  std::span<const word> before() const { return words_.first(at_); }

  /// Takes the words if they come next.
  bool accept(std::string_view phrase);
  /// Takes the first of the phrases that comes next. Longer ones stand before those they begin with.
  bool accept_any(std::initializer_list<std::string_view> phrases);
  /// Takes one of the phrases with '|' between them, the longest that comes next.
  bool accept_listed(std::string_view phrases);
  /// The digits of the number that comes next.
  std::optional<std::string> accept_number();
  /// The number that comes next, if it is whole and within the bounds; otherwise nothing is taken.
  std::optional<unsigned> accept_count(unsigned lowest, unsigned highest);
  void skip(std::size_t count) { at_ += count; }

 private:
  std::span<const word> words_;
  std::size_t at_ = 0;
};

}  // namespace epicenter::commands
