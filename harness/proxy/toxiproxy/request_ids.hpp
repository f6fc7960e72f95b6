// Ids of requests in the form of xid: 12 bytes in 20 characters that sort by time.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <string>

namespace epicenter::proxy::toxiproxy {

class request_ids {
 public:
  explicit request_ids(runtime::runtime&);
  /// Lower-case base32hex of the second, five bytes of this server, and a counter.
  std::string next();

 private:
  runtime::runtime& runtime_;
  std::uint64_t server_;
  std::uint32_t counter_;
};

}  // namespace epicenter::proxy::toxiproxy
