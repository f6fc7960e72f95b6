// Reads XML tag by tag, as far as FHIR has it: no DTD, no CDATA, no text between elements.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace epicenter::mock::fhir {

struct xml_tag {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  bool empty = false;  ///< <name/>

  const std::string* attribute(std::string_view name) const;
};

/// After the first thing that it cannot read it has failed for good, and yields empty things.
class xml_cursor {
 public:
  explicit xml_cursor(std::string_view text) : text_(text) {}

  bool failed() const { return failed_; }
  void fail_here() { failed_ = true; }
  bool at_end() const { return at_ == text_.size(); }
  std::size_t offset() const { return at_; }

  /// Spaces, comments, and the declaration at the start.
  void skip_misc();
  /// After skip_misc().
  bool next_is(std::string_view prefix);
  xml_tag open_tag();
  /// Takes the end tag of that name where it is next.
  bool close_tag(std::string_view name);
  /// A whole element with all that is in it, as it is written: the XHTML of a narrative.
  std::string_view raw_element();

 private:
  bool take(std::string_view prefix);
  std::string name();
  std::string attribute_value();
  bool skip_past(std::string_view end);

  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace epicenter::mock::fhir
