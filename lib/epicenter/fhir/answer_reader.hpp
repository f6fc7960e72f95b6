// A search's answer, read as its bytes come: entries one by one, the page's facts at the end.
#pragma once

#include <epicenter/fhir/response.hpp>
#include <epicenter/json/element_reader.hpp>

namespace epicenter::fhir {

/// Says of a streamed 2xx what interpret() says of the whole body, and gives the same entries in the same
/// order. That an answer is broken can show after entries were given: until finish() has given a bundle they
/// are provisional.
class answer_reader {
 public:
  /// The content type as the head told it.
  explicit answer_reader(unsigned status, std::string content_type, json::element_limits limits = {});

  /// Consumes bytes up to the end of the next result at most and returns how many: all once the body is known
  /// to be no JSON of use, which finish() then tells.
  std::size_t feed(std::string_view bytes);
  bool has_entry() const { return entry_.has_value(); }
  /// A match or an included resource. Must be taken before more is fed.
  bundle_entry take_entry();

  /// After the last byte. The bundle has no results: they were given before.
  std::variant<bundle, resource, failure> finish();

  std::size_t bytes() const { return bytes_; }  ///< fed so far
  std::size_t held() const { return reader_.held(); }

 private:
  void keep_start(std::string_view bytes);

  unsigned status_;
  std::string content_type_;
  json::element_reader reader_;
  std::string start_;  // of the body: what it is if it is not JSON
  operation_outcome outcome_;
  std::optional<bundle_entry> entry_;
  std::optional<error> failed_;
  std::size_t bytes_ = 0;
};

}  // namespace epicenter::fhir
