// HTTP/1.1 messages as values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace epicenter::http {

/// Header fields in the order they came. Names compare without case (RFC 9110, section 5.1).
class headers {
 public:
  using field = std::pair<std::string, std::string>;
  headers() = default;
  headers(std::initializer_list<field> fields) : fields_(fields) {}

  /// The first field of that name, or nothing.
  const std::string* find(std::string_view name) const;
  std::string_view get(std::string_view name, std::string_view fallback = {}) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  void add(std::string name, std::string value) {
    if (fields_.empty()) fields_.reserve(usual_size);
    fields_.emplace_back(std::move(name), std::move(value));
  }
  /// Replaces all fields of that name by one.
  void set(std::string_view name, std::string value);
  void erase(std::string_view name);
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  static constexpr std::size_t usual_size = 8;  // one allocation in place of four
  std::vector<field> fields_;
};

bool equal_ignoring_case(std::string_view, std::string_view);

struct request {
  std::string method = "GET";
  std::string target = "/";  ///< origin form: path and query as on the wire
  headers fields;
  std::string body;
  /// Of the target URI (RFC 9110, section 7.1): servers say «https» where the request came over TLS.
  std::string_view scheme = "http";

  std::string_view path() const;   ///< the target up to '?'
  std::string_view query() const;  ///< the target after '?', or empty
};

struct response {
  unsigned status = 200;
  std::string reason;  ///< empty: the standard phrase is sent
  headers fields;
  std::string body;

  /// The media type without parameters, in lower case: "application/fhir+json".
  std::string content_type() const;
};

/// The standard reason phrase of a status, or "Unknown".
std::string_view reason_phrase(unsigned status);

/// Bounds on what is read from a peer.
struct limits {
  std::size_t max_header_bytes = 64 * 1024;
  std::size_t max_body_bytes = 32 * 1024 * 1024;
};

}  // namespace epicenter::http
