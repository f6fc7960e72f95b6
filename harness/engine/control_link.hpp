// Small JSON requests to the control APIs of processes of their own, on connections that no fault touches.
#pragma once

#include <epicenter/http/client.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <string>

namespace epicenter::engine {

class control_link {
 public:
  /// base: "http://127.0.0.1:8080/__admin"
  control_link(runtime::runtime& rt, http::url base)
      : runtime_(rt), base_(std::move(base)), client_(rt, {}) {}

  /// The answer's JSON, null where it has no body. errc::environment where the process cannot be reached,
  /// answers more than 2xx, or no JSON; the detail has the API's own message.
  runtime::task<result<json::value>> ask(std::string method, std::string path, std::string body = {});
  const http::url& base() const { return base_; }
  runtime::task<> stop() { return client_.stop(); }

 private:
  runtime::runtime& runtime_;
  http::url base_;
  http::client client_;
};

}  // namespace epicenter::engine
