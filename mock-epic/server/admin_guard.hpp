// Who may use the admin API.
#pragma once

#include <array>
#include <epicenter/http/message.hpp>
#include <optional>
#include <string_view>

namespace epicenter::mock::server {

/// Asks for one bearer token (RFC 6750). Keeps and compares digests, in a time that tells nothing of the
/// token, its length included.
class admin_guard {
 public:
  /// An empty token admits everybody.
  explicit admin_guard(std::string_view token);
  bool admits(const http::request&) const;
  /// 401 with the admin API's JSON.
  static http::response refuse();

 private:
  using digest = std::array<unsigned char, 32>;
  static digest digest_of(std::string_view);
  std::optional<digest> wanted_;
};

}  // namespace epicenter::mock::server
