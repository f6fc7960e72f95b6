// Newline-delimited JSON, read as its bytes come.
#pragma once

#include <epicenter/json/parse.hpp>
#include <optional>

namespace epicenter::fhir {

class ndjson_reader {
 public:
  /// The first `skip` lines are passed over unread. max_line_bytes bounds what is held.
  explicit ndjson_reader(std::size_t max_line_bytes, std::uint64_t skip = 0)
      : max_line_bytes_(max_line_bytes), skip_(skip) {}

  /// Consumes bytes up to the end of the next line at most and returns how many; blank lines are passed over
  /// and not counted. Errors name the line, quote nothing of it, and are final.
  result<std::size_t> feed(std::string_view bytes);
  /// After the last byte: a last line may lack its line feed.
  result<> finish();
  bool has_value() const { return value_.has_value(); }
  /// Must be taken before more is fed.
  json::value take_value();

  std::uint64_t lines() const { return lines_; }  ///< begun, the skipped ones included
  std::size_t held() const { return line_.size(); }

 private:
  result<> end_line(std::string_view text);

  std::size_t max_line_bytes_;
  std::uint64_t skip_;
  std::uint64_t lines_ = 0;
  std::string line_;
  std::optional<json::value> value_;
  std::optional<error> failed_;
};

}  // namespace epicenter::fhir
