// The base class of every fault that the proxy carries out.
#pragma once

#include <cstddef>
#include <epicenter/runtime/random.hpp>
#include <string_view>

#include "harness/faults/verdict.hpp"

namespace epicenter::faults {

/// One request as a fault sees it: its head is complete, its body may still be on the way.
struct call {
  const http::request& head;
  std::string_view operation;  ///< see operation.hpp; empty where it has no name
  std::string_view peer;       ///< the client's address without port
  wall_time wall;              ///< calendar time, for dates in answers
};

/// Bytes of a connection that does not speak HTTP/1.1, towards the client.
struct chunk {
  std::size_t bytes = 0;
};

/// What a fault wants to be asked about. What it is not asked about is not counted as touched.
struct hooks {
  bool connections =
      false;  ///< only where its selection takes every call: a connection has no operation to match
  bool requests = false;
  bool responses = false;
  bool chunks = false;
};

/// Pure decisions: same parameters and same random numbers, same verdicts. It is asked only about what the
/// selection hit; the selection is the caller's.
class fault {
 public:
  virtual ~fault() = default;
  virtual hooks acts_on() const = 0;
  /// The state of all connections for as long as the fault lasts.
  virtual connection_verdict on_connect(runtime::random_stream&) { return pass{}; }
  /// Asked once a request, when its head has arrived.
  virtual request_verdict on_request(const call&, runtime::random_stream&) { return pass{}; }
  /// Asked when the head of the response has arrived to a request that was hit: the choice is made once an
  /// exchange, when the request arrives.
  virtual response_verdict on_response(const http::response&, runtime::random_stream&) { return pass{}; }
  virtual chunk_verdict on_chunk(const chunk&, runtime::random_stream&) { return pass{}; }
};

}  // namespace epicenter::faults
