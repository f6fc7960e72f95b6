// A request as matchers and templates see it: parts are taken apart when first asked for.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/http/url.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace epicenter::mock::stubs {

/// What the request itself does not say.
struct request_origin {
  std::string client_ip;
  std::string scheme = "http";
  std::string server_host = "localhost";  ///< where the request names no Host
  std::uint16_t server_port = 80;
  wall_time at{};
  std::string id;  ///< UUID under which the journal lists it; may be empty
};

/// One part of a multipart/form-data body (RFC 7578).
struct request_part {
  std::string name;
  std::string file_name;
  http::headers fields;
  std::string body;
};

/// Refers to the request, which must outlive it.
class stub_request {
 public:
  stub_request(const http::request&, request_origin);

  const http::request& incoming() const { return *incoming_; }
  const request_origin& origin() const { return origin_; }
  /// Of the Host header, without the port, in lower case.
  const std::string& host() const { return host_; }
  std::uint16_t port() const { return port_; }
  std::string absolute_url() const;
  /// The key of the test that the request belongs to (X-Epicenter-Isolation); empty: none.
  std::string_view isolation() const;

  /// Decoded (%20 and + are spaces), in their order; values that cannot be decoded stay as they are.
  const http::parameters& query() const;
  /// Of a body of type application/x-www-form-urlencoded; else none.
  const http::parameters& form() const;
  const http::parameters& cookies() const;
  /// Of a multipart body, at most 100; else none.
  const std::vector<request_part>& parts() const;

 private:
  const http::request* incoming_;
  request_origin origin_;
  std::string host_;
  std::uint16_t port_ = 80;
  mutable std::optional<http::parameters> query_;
  mutable std::optional<http::parameters> form_;
  mutable std::optional<http::parameters> cookies_;
  mutable std::optional<std::vector<request_part>> parts_;
};

inline constexpr std::string_view isolation_header = "X-Epicenter-Isolation";

/// All values of that name, in their order; names of header fields compare without case.
std::vector<std::string> values_of(const http::parameters&, std::string_view name);
std::vector<std::string> values_of(const http::headers&, std::string_view name);

}  // namespace epicenter::mock::stubs
