// Reads one HTTP/1.1 message after the other from the bytes of a connection: the one parser of client, server
// and framer. Heads are parsed by Beast, which only the implementation includes; bodies are framed here.
#pragma once

#include <epicenter/http/error.hpp>
#include <optional>

namespace epicenter::http {

/// However the bytes are split, the same bytes give the same messages and the same error: a head is parsed
/// when it is complete, and body framing is a state machine over bytes. Refuses what lets two readers
/// disagree about where a message ends (RFC 9112, sections 6.1 and 6.3): Content-Length beside
/// Transfer-Encoding, repeated Content-Length, any transfer coding but one «chunked», chunked in HTTP/1.0.
class message_reader {
 public:
  enum class kind { request, response };
  enum class answer_to { ordinary, head, connect };
  message_reader(kind, limits);

  /// Consumes bytes up to the end of the current message at most and returns how many. The body is appended
  /// to *body, without chunk framing and trailers, or left out where body is null. Errors are final.
  result<std::size_t> feed(std::string_view bytes, std::string* body);
  result<> end_of_stream();

  bool idle() const { return state_ == state::idle; }
  bool head_done() const { return state_ > state::head; }
  bool done() const { return state_ == state::done; }
  request& request_head() { return request_; }
  response& response_head() { return response_; }
  /// Valid from head_done() on, as are the following.
  bool keep_alive() const { return keep_alive_; }
  bool upgrades() const { return upgrades_; }
  std::size_t head_bytes() const { return head_bytes_; }
  bool is_http_1_0() const { return http_1_0_; }
  /// Which kind of request the next final response answers: those to HEAD and CONNECT have no body.
  void set_answer_to(answer_to what) { answer_to_ = what; }
  /// Of the messages to come.
  void limit_body(std::size_t max_bytes) { limits_.max_body_bytes = max_bytes; }
  /// Makes ready for the next message.
  void next();

 private:
  enum class state {
    idle,
    head,
    fixed,
    until_end,
    chunk_size,
    chunk_extension,
    chunk_size_lf,
    chunk_data,
    chunk_data_cr,
    chunk_data_lf,
    trailer_start,
    trailer_line,
    trailer_line_lf,
    trailer_end_lf,
    done
  };
  result<std::size_t> step(std::string_view bytes, std::string* body);
  result<std::size_t> feed_head(std::string_view bytes);
  result<> check_start(std::string_view bytes) const;
  result<> parse_head(std::string_view head);
  result<> choose_framing(bool chunked, std::optional<std::uint64_t> length);
  result<std::size_t> take_body(std::string_view bytes, std::string* body);
  result<> frame_byte(char c);
  result<> size_byte(char c);
  result<> trailer_byte(char c);
  result<> expect(char c, char wanted, state after);

  kind kind_;
  limits limits_;
  state state_ = state::idle;
  answer_to answer_to_ = answer_to::ordinary;
  bool keep_alive_ = true;
  bool upgrades_ = false;
  bool http_1_0_ = false;
  std::uint64_t remaining_ = 0;    // of the fixed body or of the chunk
  std::uint64_t body_bytes_ = 0;   // announced or seen so far
  std::size_t framing_bytes_ = 0;  // of the current chunk line, or of the trailers
  std::size_t head_bytes_ = 0;
  unsigned size_digits_ = 0;
  std::string partial_head_;
  request request_;
  response response_;
  std::optional<error> failed_;
};

}  // namespace epicenter::http
