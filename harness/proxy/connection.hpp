// One connection whose bytes are looked at: reads both sides, finds the HTTP messages, asks the faults, and
// hands the bytes to the two lanes.
#pragma once

#include <epicenter/http/framer.hpp>
#include <epicenter/runtime/task.hpp>

#include "harness/proxy/exchanges.hpp"
#include "harness/proxy/lane.hpp"
#include "harness/proxy/link_context.hpp"

namespace epicenter::proxy {

/// Both sides of a connection. The upstream is null until it has been dialled.
struct both_sides {
  std::uint64_t number = 0;
  std::string peer;                                   ///< the client's address without port
  runtime::endpoint client_address, reached_address;  ///< where the client is, and what it connected to
  runtime::stream_ptr client, upstream;
};

/// Starts as HTTP/1.1 where the first bytes look like a request, else (and as soon as the framing is lost, or
/// after an upgrade) relays bytes that it does not understand.
class connection final : private lane_owner {
 public:
  connection(link_context, both_sides&);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Goes on where an unseen relay stopped: in the middle of a message, perhaps. The next bytes of the client
  /// that look like a request are taken for one.
  void go_on_from(runtime::unseen_outcome&);
  /// Relays until both sides have ended. Where there is no upstream yet, `dialling` makes it.
  runtime::task<> run(runtime::task<result<runtime::stream_ptr>> dialling);
  /// Resets both sides now.
  void tear_down() override;
  /// Closes both sides now, in order.
  void close_both() override;
  /// What the faults decide may have become different.
  void faults_changed();

 private:
  runtime::task<> read_requests();
  runtime::task<> read_responses(runtime::task<result<runtime::stream_ptr>> dialling);
  runtime::task<bool> dial(runtime::task<result<runtime::stream_ptr>> dialling);
  runtime::task<bool> wait_until_readable(lane&);
  void attach_stages();
  std::shared_ptr<const holding> held_on_connection(const active_fault_ptr&);
  void attach_stages_to(lane&, faults::flow, const std::vector<chosen_fault>&);

  // Towards the upstream (requests.cpp)
  void take_request_bytes(std::string_view fresh);
  void find_requests(std::string_view fresh, instant now);
  bool looks_like_http(std::string_view fresh);
  void resume_http(std::string_view fresh);
  bool waits_for_body() const;
  void begin_request(instant now);
  void carry_out(faults::request_verdict, active_fault_ptr, pending_exchange&,
                 const std::vector<active_fault_ptr>& delaying, instant now);
  void forward_request_bytes(std::size_t bytes, instant now);
  void end_request(instant now);
  void give_up_half_request();
  void stop_reading_requests();
  void become_opaque(instant now);
  void client_ended(const error&);
  void attach_stages_for(arriving_request&, pending_exchange&, const std::vector<chosen_fault>&);
  static void retire(live_stages over, live_stages& kept);
  bool drop_ended_stages();

  // Towards the client (responses.cpp)
  void take_response_bytes(std::string_view fresh);
  bool expect_response();
  void begin_response(pending_exchange&);
  void decide_own_response(pending_exchange&, http::response&);
  void begin_paces(pending_exchange&, std::size_t head_bytes);
  void emit(pending_exchange&, std::string bytes, instant due);
  void let_go(pending_exchange&, instant now);
  void decide_response_bytes(pending_exchange&, bool interim, std::size_t bytes, instant now);
  void take_in(pending_exchange&, std::size_t bytes, instant now);
  void end_response(instant now);
  bool deliver(pending_exchange&, instant now);
  void emit_ready_answers();
  void relay_response_bytes(instant now);
  void upstream_ended(const error&);
  bool only_answers_left() const;
  bool owes_answers() const;
  void end_responses();

  // Records (records.cpp)
  void note_request(pending_exchange&, const http::request&, std::string_view operation, instant now);
  void note_response(pending_exchange&, std::size_t bytes, bool interim, instant now);
  void note_end(pending_exchange&, std::string_view outcome, unsigned status, instant now);

  void exchange_answered() override;
  void lane_ended() override;
  bool client_has_left() const override { return client_left_; }
  void end();
  whose of(std::string_view request = {}) const { return {sides_.number, request}; }

  link_context shared_;
  both_sides& sides_;
  http::framer requests_, responses_;
  lane up_, down_;
  std::deque<pending_exchange> exchanges_;
  std::optional<arriving_request> arriving_;
  live_stages retired_up_, retired_down_;                    ///< of exchanges that are over
  attachment_ptr request_attachment_, response_attachment_;  ///< go with the next bytes of that leg
  runtime::event released_;
  std::string request_body_, response_body_, first_bytes_;
  std::vector<active_fault_ptr> asked_streams_;  ///< have been asked whether they act on this connection
  std::uint64_t last_number_ = 0;
  std::size_t unanswered_ = 0;
  bool opaque_up_ = false, opaque_down_ = false, resumes_ = false;
  bool body_wanted_ = false;
  bool ignore_requests_ = false, ignore_responses_ = false;
  bool client_left_ = false, upstream_left_ = false, responses_ended_ = false;
  bool dead_ = false;
};

}  // namespace epicenter::proxy
