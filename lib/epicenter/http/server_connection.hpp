// One connection of a server: reads requests, has them answered in order, keeps the time limits.
#pragma once

#include <epicenter/http/message_reader.hpp>
#include <epicenter/http/serialise.hpp>
#include <epicenter/http/server.hpp>
#include <epicenter/http/watchdog.hpp>

namespace epicenter::http {

/// What the connections of a server have in common.
struct server_shared {
  server_shared(runtime::runtime& rt, server_options o, handler h)
      : world(rt), options(std::move(o)), answer(std::move(h)) {}
  /// The value of the Date field now (RFC 9110, section 5.6.7).
  std::string_view date();

  runtime::runtime& world;
  server_options options;
  handler answer;
  bool stopping = false;

 private:
  std::chrono::sys_seconds date_of_{std::chrono::seconds{-1}};
  std::string date_;
};

class server_connection final : public exchange {
 public:
  server_connection(server_shared&, runtime::stream_ptr, std::uint64_t id);

  /// Serves until either side ends the connection.
  runtime::task<> run();
  /// True from the first byte of a request to the end of its answer.
  bool busy() const { return busy_; }
  void close();

  const request& incoming() const override { return request_; }
  instant received_at() const override { return received_at_; }
  std::uint64_t connection_id() const override { return id_; }
  runtime::endpoint peer() const override { return stream_->remote_endpoint(); }
  runtime::task<result<>> respond(response) override;
  runtime::task<result<>> start_chunked(response head) override;
  runtime::task<result<>> send_chunk(std::string) override;
  runtime::task<result<>> end_chunked() override;
  runtime::task<result<>> respond_raw(std::string bytes) override;
  void reset() override;

 private:
  /// What stands in the way of a request: the status to refuse it with.
  struct refusal {
    unsigned status;
    std::string why;
  };
  enum class part { none, head, body };
  enum class progress { more_needed, complete, refused };
  /// A body that is sent in parts: not at all, framed by chunks or by the close, or only its head is wanted.
  enum class streaming { none, chunks, until_close, head_only };

  runtime::task<bool> receive();
  runtime::task<bool> fill();
  progress parse();
  bool begin_body();
  void accept_request();
  runtime::task<> refuse();
  runtime::task<> linger();
  void decide_keep_alive(const response&);
  result<> begin_answer(const response&, body_framing);
  runtime::task<result<>> write(std::string_view head, std::string_view body);
  void limit_time();

  server_shared& shared_;
  runtime::stream_ptr stream_;
  std::uint64_t id_;
  message_reader reader_;
  std::string buffer_;
  std::size_t begin_ = 0;  // the unread bytes of buffer_ are [begin_, end_)
  std::size_t end_ = 0;
  std::string body_;
  std::string head_;  // of the response
  request request_;
  instant received_at_{};
  instant first_byte_at_{};
  std::optional<refusal> refusal_;
  bool busy_ = false;
  part limited_ = part::none;  // what of this request the watchdog guards
  bool wants_continue_ = false;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
  bool broken_ = false;  // a write has failed
  bool answered_ = false;
  streaming streaming_ = streaming::none;
  bool closed_ = false;
  bool expired_ = false;
  watchdog dog_;
};

}  // namespace epicenter::http
