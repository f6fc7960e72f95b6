// One connection through the proxy: reads both sides, finds the HTTP messages, asks the faults, and hands the
// bytes to the two lanes.
#pragma once

#include <epicenter/http/framer.hpp>
#include <epicenter/runtime/task.hpp>

#include "harness/proxy/exchanges.hpp"
#include "harness/proxy/lane.hpp"

namespace epicenter::proxy {

/// What connections share.
struct connection_context {
  runtime::runtime& rt;
  fault_board& board;
  const proxy_options& options;
  std::size_t& in_flight;
};

/// Starts as HTTP/1.1 where the first bytes look like a request, else (and as soon as the framing is lost, or
/// after an upgrade) relays bytes that it does not understand.
class connection final : private lane_owner {
 public:
  connection(connection_context, runtime::stream_ptr client);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Dials the upstream and relays until both sides have ended.
  runtime::task<> run(runtime::endpoint upstream);
  /// Resets both sides now.
  void tear_down() override;
  /// What the faults decide may have become different.
  void faults_changed();

 private:
  runtime::task<> read_requests();
  runtime::task<> read_responses(runtime::endpoint upstream);
  runtime::task<bool> dial(runtime::endpoint upstream);
  runtime::task<bool> wait_until_readable(lane&);

  // Towards the upstream (requests.cpp)
  void take_request_bytes(std::string_view fresh);
  bool looks_like_http(std::string_view fresh);
  void begin_request(instant now);
  void carry_out(faults::request_verdict, active_fault_ptr, pending_exchange&,
                 const std::vector<active_fault_ptr>& delaying, instant now);
  void forward_request_bytes(std::size_t bytes, instant now);
  void end_request(instant now);
  void stop_reading_requests();
  void client_ended(const error&);

  // Towards the client (responses.cpp)
  void take_response_bytes(std::string_view fresh);
  bool expect_response();
  void begin_response(pending_exchange&);
  void decide_response_bytes(const pending_exchange&, bool interim, std::size_t bytes, instant now);
  void end_response(instant now);
  void emit_ready_answers();
  void relay_response_bytes(instant now);
  void upstream_ended(const error&);
  bool only_answers_left() const;
  void end_responses();

  void exchange_answered() override;
  void lane_ended() override;
  void close_both() override;
  bool client_has_left() const override { return client_left_; }
  void end();

  connection_context shared_;
  runtime::stream_ptr client_, upstream_;
  std::string peer_;
  http::framer requests_, responses_;
  lane up_, down_;
  std::deque<pending_exchange> exchanges_;
  std::optional<arriving_request> arriving_;
  attachment_ptr request_attachment_, response_attachment_;  ///< go with the next bytes of that leg
  runtime::event released_;
  std::uint64_t last_number_ = 0;
  std::size_t unanswered_ = 0;
  std::string first_bytes_;
  bool opaque_up_ = false, opaque_down_ = false;
  bool ignore_requests_ = false, ignore_responses_ = false;
  bool client_left_ = false, upstream_left_ = false, responses_ended_ = false;
  bool dead_ = false;
};

}  // namespace epicenter::proxy
