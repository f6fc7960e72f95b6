// Reads JSON objects strictly: every member known, every value of its kind, the first mistake with its place.
#pragma once

#include <epicenter/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::mock::stubs {

/// What is wrong with a document, as WireMock tells it: one entry of {"errors": […]}.
struct stub_error {
  unsigned status = 422;
  int code = 10;        ///< WireMock's: 10 malformed, 11 impossible scenario state, 109 duplicate id
  std::string pointer;  ///< JSON pointer to the place (RFC 6901); may be empty
  std::string title = "Error parsing JSON";
  std::string detail;
};

/// Takes members out of one object. The first mistake of a whole document is kept in `failure`, which all of
/// its readers share; after a mistake what is read is of no meaning.
class object_reader {
 public:
  object_reader(const json::object& from, std::string pointer, std::optional<stub_error>& failure);

  /// The member, of any kind but null (null counts as absent, as Jackson reads it); else nullptr.
  const json::value* any(std::string_view key);
  std::optional<std::string> text(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  /// A whole number within [low, high].
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::optional<double> real(std::string_view key, double low, double high);
  const json::object* object(std::string_view key);
  const json::array* array(std::string_view key);
  /// Refuses members that were not taken.
  void end();

  void refuse(std::string_view key, std::string detail);
  std::string pointer_to(std::string_view key) const;
  std::optional<stub_error>& failure() { return failure_; }
  bool failed() const { return failure_.has_value(); }

 private:
  const json::object& from_;
  std::string pointer_;
  std::optional<stub_error>& failure_;
  std::vector<std::string> taken_;
};

/// The key as a segment of a JSON pointer.
std::string pointer_segment(std::string_view key);

}  // namespace epicenter::mock::stubs
