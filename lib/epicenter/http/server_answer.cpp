#include <array>
#include <charconv>
#include <epicenter/base/check.hpp>
#include <epicenter/http/server_connection.hpp>
#include <epicenter/http/stream_io.hpp>

// How a connection of a server answers.
namespace epicenter::http {
namespace {

constexpr std::uint64_t slowest_reader = 1024;  // bytes a second, below which a response is given up

// Puts the size line at the end of the head, and the line break after the bytes.
void frame_chunk(std::string& head, std::string& bytes) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), bytes.size(), 16).ptr;
  head.append(digits.begin(), end).append("\r\n");
  bytes.append("\r\n");
}

}  // namespace

// Decides whether the connection stays open, and writes the head of the answer into head_.
result<> server_connection::begin_answer(const response& r, body_framing framing) {
  EPICENTER_CHECK(!answered_, "a request is answered once");
  answered_ = true;
  if (closed_) return fail(errc::closed);
  response_context context;
  context.to_head = request_.method == "HEAD";
  context.closes = !keep_alive_;
  context.date = shared_.date();
  context.framing = framing;
  head_.clear();
  auto head = append_head(head_, r, context);
  if (!head) keep_alive_ = false;
  return head;
}

void server_connection::decide_keep_alive(const response& r) {
  const std::string_view wish = r.fields.get("Connection");
  keep_alive_ = keep_alive_ && !shared_.stopping && !equal_ignoring_case(wish, "close");
}

runtime::task<result<>> server_connection::respond(response r) {
  decide_keep_alive(r);
  if (shared_.options.gzip) encode_body(r, request_, shared_.gzip);
  auto begun = begin_answer(r, body_framing::length);
  if (!begun) co_return begun;
  std::string_view body = r.body;
  if (request_.method == "HEAD" || has_no_body(r.status)) body = {};
  auto written = co_await write(head_, body);
  co_return written;
}

runtime::task<result<>> server_connection::start_chunked(response r) {
  decide_keep_alive(r);
  std::string first = std::exchange(r.body, {});
  const bool has_body = request_.method != "HEAD" && !has_no_body(r.status);
  if (has_body && http_1_0_) keep_alive_ = false;
  auto begun = begin_answer(r, keep_alive_ ? body_framing::chunked : body_framing::until_close);
  broken_ = broken_ || !begun;
  streaming_ = keep_alive_ ? streaming::chunks : streaming::until_close;
  if (!has_body || broken_) streaming_ = streaming::head_only;
  if (!begun) co_return begun;
  if (!has_body) first.clear();
  if (streaming_ == streaming::chunks && !first.empty()) frame_chunk(head_, first);
  auto written = co_await write(head_, first);
  dog_.clear();
  co_return written;
}

runtime::task<result<>> server_connection::send_chunk(std::string bytes) {
  EPICENTER_CHECK(streaming_ != streaming::none, "a chunk comes after its head");
  if (closed_ || broken_) co_return fail(errc::closed);
  if (streaming_ == streaming::head_only || bytes.empty()) co_return result<>();
  head_.clear();
  if (streaming_ == streaming::chunks) frame_chunk(head_, bytes);
  auto written = co_await write(head_, bytes);
  dog_.clear();
  co_return written;
}

runtime::task<result<>> server_connection::end_chunked() {
  EPICENTER_CHECK(streaming_ != streaming::none, "an end comes after its head");
  if (closed_ || broken_) co_return fail(errc::closed);
  const streaming was = std::exchange(streaming_, streaming::none);
  if (was != streaming::chunks) co_return result<>();
  auto written = co_await write("0\r\n\r\n", {});
  co_return written;
}

runtime::task<result<>> server_connection::respond_raw(std::string bytes) {
  EPICENTER_CHECK(!answered_, "a request is answered once");
  answered_ = true;
  keep_alive_ = false;
  if (closed_) co_return fail(errc::closed);
  auto written = co_await write(bytes, {});
  co_return written;
}

runtime::task<result<>> server_connection::write(std::string_view head, std::string_view body) {
  const std::uint64_t size = head.size() + body.size();
  dog_.set(shared_.world.now() + shared_.options.idle_timeout + std::chrono::seconds(size / slowest_reader));
  limited_ = part::none;
  const std::size_t at_once = write_at_once(*stream_, head, body);
  if (at_once == size) co_return result<>();
  const auto [code, count] = co_await write_rest(*stream_, head, body, at_once);
  static_cast<void>(count);
  if (!code) co_return result<>();
  keep_alive_ = false;
  broken_ = true;
  if (expired_) co_return fail(errc::timed_out);
  if (runtime::from_system(code) == runtime::errc::cancelled) co_return fail(errc::cancelled);
  co_return fail(errc::reset);
}

}  // namespace epicenter::http
