// Values into fields as Go's decoder puts them: keys match without case, null leaves a field as it is, and
// the first value of a wrong type is the error.
#pragma once

#include <cstdint>
#include <epicenter/json/value.hpp>
#include <optional>
#include <string>

namespace epicenter::proxy::toxiproxy {

/// A field by its name in Go's errors: «LatencyToxic.attributes.latency».
struct go_field {
  std::string_view owner;  ///< the structure; the original has some without a name
  std::string path;
};

class go_decoder {
 public:
  /// The members to walk: empty for null, and for what is no object (that is the error then).
  const json::object& members(const json::value&, std::string_view go_type);
  const json::object& members(const json::value&, const go_field&, std::string_view go_type);
  const json::array& elements(const json::value&, std::string_view go_type);
  const json::array& elements(const json::value&, const go_field&, std::string_view go_type);

  void take(const json::value&, const go_field&, std::optional<std::string>&);
  void take(const json::value&, const go_field&, std::optional<bool>&);
  void take(const json::value&, const go_field&, std::optional<float>&);
  /// Only what is written as an integer.
  void take(const json::value&, const go_field&, std::string_view go_type, std::int64_t&);

  /// "json: cannot unmarshal string into Go struct field Proxy.enabled of type bool"
  const std::optional<std::string>& failure() const { return failure_; }

 private:
  void wrong(std::string_view what, const std::string& where, std::string_view go_type);
  std::optional<std::string> failure_;
};

/// True for the key of a field, whatever its case.
bool is_key(std::string_view given, std::string_view field);

}  // namespace epicenter::proxy::toxiproxy
