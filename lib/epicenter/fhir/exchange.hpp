// What carries the FHIR client's requests: a bare HTTP client, or one with retries, breakers and tokens
// around it.
#pragma once

#include <epicenter/http/client.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <functional>

namespace epicenter::fhir {

class exchange {
 public:
  virtual ~exchange() = default;
  /// One request and its whole answer.
  virtual runtime::task<http::exchange_result> send(http::request, instant deadline) = 0;
  /// The same; the sink takes the body. Nothing is repeated once the sink has been given a byte.
  virtual runtime::task<http::exchange_result> stream(http::request, instant deadline, http::body_sink&) = 0;
  /// The server that is asked. No other one gets a request, whatever links say.
  virtual const http::origin& home() const = 0;
};

/// Requests as they are, each sent once.
class direct_exchange final : public exchange {
 public:
  struct options {
    http::origin home;
    std::size_t max_streamed_bytes = std::size_t{1} << 30U;  ///< of one body
    std::function<void(http::request&)> authorize;           ///< adds what the server asks for; may be empty
  };
  direct_exchange(http::client& client, options how) : client_(client), options_(std::move(how)) {}

  runtime::task<http::exchange_result> send(http::request, instant deadline) override;
  runtime::task<http::exchange_result> stream(http::request, instant deadline, http::body_sink&) override;
  const http::origin& home() const override { return options_.home; }

 private:
  http::client& client_;
  options options_;
};

/// errc::no_answer with the exchange's error as its cause.
error no_answer(const http::exchange_failure&);

}  // namespace epicenter::fhir
