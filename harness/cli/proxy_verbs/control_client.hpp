// Calls to the control API of a proxy that runs.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/http/client.hpp>
#include <epicenter/json/value.hpp>

namespace epicenter::cli {

class control_client {
 public:
  /// The token is sent as a bearer token where it is not empty.
  control_client(runtime::runtime&, http::origin, secret token);

  /// The body of a 2xx, null where it is empty. The server's refusal is the error "HTTP 404: proxy not
  /// found".
  runtime::task<result<json::value>> call(std::string method, std::string target, std::string body = {});
  /// True where the last call was answered by 404.
  bool was_not_there() const { return last_status_ == 404; }
  runtime::task<> stop();

  runtime::runtime& world() { return runtime_; }

 private:
  runtime::runtime& runtime_;
  http::origin where_;
  secret token_;
  http::client client_;
  unsigned last_status_ = 0;
};

/// "/proxies/NAME" and what follows, the name percent-encoded.
std::string proxy_path(const std::string& name, const std::string& rest = {});

}  // namespace epicenter::cli
