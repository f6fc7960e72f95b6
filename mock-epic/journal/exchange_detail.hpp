// What a journal may keep of one request and its response beyond the facts: bounded, without secrets.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/http/message.hpp>
#include <string>

namespace epicenter::mock {

struct exchange_detail {
  std::string target;        ///< path and query, secret parameters redacted
  std::string request_head;  ///< lines "Name: value\n", redacted
  std::string request_body;  ///< the first bytes, redacted
  std::uint64_t request_body_size = 0;
  std::string client_ip;
  std::string scheme;
  std::string server_host;  ///< and port: where the request names no Host
  std::uint16_t server_port = 0;
  wall_time received{};
  std::string isolation;  ///< X-Epicenter-Isolation
  std::string reason;
  std::string response_head;
  std::string response_body;
  std::uint64_t response_body_size = 0;
  std::string stub_id;     ///< of the stub that answered; empty: none did
  bool matched = false;    ///< a stub, or a route that Epic has, answered
  duration added_delay{};  ///< asked for by a stub or the settings

  std::size_t bytes() const;
};

/// The fields of a head as it is kept.
http::headers fields_of(std::string_view head);

}  // namespace epicenter::mock
