// A large JSON object, read as its bytes come: the elements of one of its arrays one by one, the rest at the
// end.
#pragma once

#include <epicenter/json/parse.hpp>
#include <optional>

namespace epicenter::json {

/// What is held at a time is one element and the rest, never the document.
struct element_limits {
  std::size_t max_element_bytes = 4 * 1024 * 1024;  ///< of text
  std::size_t max_rest_bytes = 1024 * 1024;         ///< of the document without those elements
  std::size_t max_depth = 64;                       ///< of the whole document; at least 3
};

/// Accepts what parse() accepts and gives the same values, however the bytes are cut. That a document is
/// broken can show after elements were given: until finish() has succeeded they are provisional.
class element_reader {
 public:
  /// The key of the array, in the outermost object. Where it is something else there are no elements.
  explicit element_reader(std::string key, element_limits limits = {});

  /// Consumes bytes up to the end of the next element at most and returns how many. Errors are final.
  result<std::size_t> feed(std::string_view bytes);
  bool has_element() const { return element_.has_value(); }
  /// The element that feed() stopped at. Must be taken before more is fed.
  value take_element();
  /// After the last byte: the document, that array empty. errc::incomplete where it ends early.
  result<value> finish();

  std::size_t elements() const { return count_; }
  /// Bytes held now.
  std::size_t held() const { return partial_.size() + rest_.size(); }

 private:
  enum class state { outside, first, next, after, element };
  // Where in strings and brackets the scan is. Grammar is left to parse(): it sees every piece.
  struct nesting {
    std::size_t depth = 0;
    bool in_string = false;
    bool escaped = false;
    // Takes one byte inside a string; true at its end.
    bool in_string_byte(char c);
  };

  result<std::size_t> step(std::string_view bytes);
  result<std::size_t> scan_rest(std::string_view bytes);
  bool take_rest_byte(char c);
  result<> array_byte(char c);
  result<std::size_t> scan_element(std::string_view bytes);
  result<std::size_t> end_element(std::string_view bytes, std::size_t count);
  result<> keep_rest(std::string_view bytes);
  void end_key();
  tl::unexpected<error> broken() const;

  std::string key_;
  element_limits limits_;
  state state_ = state::outside;
  nesting outer_;
  nesting inner_;
  bool root_is_object_ = false;
  bool key_comes_ = false;  // a string in the outermost object would be a key
  bool in_key_ = false;
  bool key_matches_ = false;  // the last key was the one looked for
  bool value_comes_ = false;  // and its colon was seen
  std::string seen_key_;
  std::string partial_;  // of an element
  std::string rest_;
  std::size_t count_ = 0;
  std::optional<value> element_;
  std::optional<error> failed_;
};

}  // namespace epicenter::json
