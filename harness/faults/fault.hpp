// The base class of every fault that the proxy carries out.
#pragma once

#include <cstddef>
#include <epicenter/runtime/random.hpp>
#include <memory>
#include <string_view>

#include "harness/faults/stage.hpp"
#include "harness/faults/verdict.hpp"

namespace epicenter::faults {

/// One request as a fault sees it: its head is complete, its body may still be on the way.
struct call {
  const http::request& head;
  std::string_view operation;  ///< see operation.hpp; empty where it has no name
  std::string_view peer;       ///< the client's address without port
  wall_time wall;              ///< calendar time, for dates in answers
  instant now{};
  const std::string* body = nullptr;  ///< whole, where a selection asks for it and it is within bounds
};

/// A response as a fault sees it that asked for it whole.
struct whole_response {
  const http::request& to;         ///< the head of the request
  const http::response& received;  ///< its body without transfer coding, with content coding
  std::string_view raw;            ///< the bytes as they came
  instant now{};
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
  bool chunks = false;  ///< bytes of connections that do not speak HTTP/1.1
  bool stream = false;  ///< bytes of any connection, by stages: see make_stage

  /// Asked when a connection begins and never again: what only a request has selects nothing.
  bool connections_only() const { return connections && !requests && !responses && !chunks && !stream; }
};

/// Pure decisions: same parameters and same random numbers, same verdicts. It is asked only about what the
/// selection hit; the selection is the caller's. Asked from several threads at once: a fault that remembers
/// anything between calls guards it itself.
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
  /// Asked when a response that was to be taken whole is complete; nullopt: it passes unchanged, and counts
  /// as skipped.
  virtual std::optional<delivery> on_whole_response(const whole_response&, runtime::random_stream&) {
    return std::nullopt;
  }
  /// Asked once for each direction of each connection (or exchange) that was hit; null where the fault leaves
  /// that direction alone.
  virtual std::unique_ptr<stage> make_stage(flow, runtime::random_stream) { return nullptr; }
};

}  // namespace epicenter::faults
