#include <epicenter/http/server_connection.hpp>

#include <array>
#include <charconv>
#include <epicenter/base/check.hpp>
#include <epicenter/http/stream_io.hpp>

namespace epicenter::http {
namespace {

constexpr std::size_t first_buffer = 4 * 1024;
constexpr std::size_t largest_buffer = 64 * 1024;
constexpr std::uint64_t slowest_reader = 1024;  // bytes a second, below which a response is given up
constexpr std::size_t most_discarded = 256 * 1024;
constexpr duration longest_linger = 1s;

std::size_t count_of(const headers& fields, std::string_view name) {
  std::size_t count = 0;
  for (const auto& f : fields)
    if (equal_ignoring_case(f.first, name)) ++count;
  return count;
}

// Puts the size line at the end of the head, and the line break after the bytes.
void frame_chunk(std::string& head, std::string& bytes) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), bytes.size(), 16).ptr;
  head.append(digits.begin(), end).append("\r\n");
  bytes.append("\r\n");
}

// A server takes the absolute form too (RFC 9112, section 3.2.2); handlers see the origin form only.
void to_origin_form(std::string& target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() || !equal_ignoring_case(target.substr(0, scheme.size()), scheme))
      continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    const std::string rest = path == std::string::npos ? "/" : target.substr(path);
    target = rest.front() == '/' ? rest : "/" + rest;
    return;
  }
}

}  // namespace

server_connection::server_connection(server_shared& shared, runtime::stream_ptr s, std::uint64_t id)
    : shared_(shared),
      stream_(std::move(s)),
      id_(id),
      reader_(message_reader::kind::request, shared.options.request_limits),
      buffer_(first_buffer, '\0'),
      dog_(shared.world, [this] {
        expired_ = true;
        close();
      }) {}

void server_connection::close() {
  closed_ = true;
  stream_->close();
}

void server_connection::reset() {
  closed_ = true;
  stream_->reset();
}

runtime::task<> server_connection::run() {
  for (;;) {
    const bool received = co_await receive();
    if (!received) break;
    runtime::task<> work = shared_.answer(*this);
    co_await std::move(work);
    if (streaming_ != streaming::none) break;
    if (!answered_ || !keep_alive_ || closed_) break;
  }
  if (refusal_ && !closed_) co_await refuse();
  if (closed_) co_return;
  // What ends by the close would look whole.
  if (streaming_ == streaming::until_close)
    reset();
  else
    close();
}

runtime::task<bool> server_connection::receive() {
  busy_ = wants_continue_ = false;
  limited_ = part::none;
  answered_ = false;
  for (;;) {
    const progress p = parse();
    if (p == progress::complete) co_return true;
    if (p == progress::refused) co_return false;
    if (shared_.stopping && !busy_) co_return false;
    if (std::exchange(wants_continue_, false)) {
      const result<> invited = co_await write("HTTP/1.1 100 Continue\r\n\r\n", {});
      if (!invited) co_return false;
    }
    limit_time();
    const bool filled = co_await fill();
    if (!filled) co_return false;
  }
}

// A request that arrives whole needs no limit of its own, so that the watchdog is set only by idle
// connections and by requests that arrive in parts.
void server_connection::limit_time() {
  const server_options& o = shared_.options;
  const instant now = shared_.world.now();
  if (!busy_) {
    dog_.set(now + o.idle_timeout);
  } else if (!reader_.head_done()) {
    if (std::exchange(limited_, part::head) != part::head) dog_.set(first_byte_at_ + o.header_timeout);
  } else {
    if (std::exchange(limited_, part::body) != part::body) dog_.set(now + o.body_timeout);
  }
}

runtime::task<bool> server_connection::fill() {
  const auto into = boost::asio::buffer(buffer_);
  const auto [code, count] = co_await read_bytes(*stream_, into);
  if (code) co_return false;
  begin_ = 0;
  end_ = count;
  co_return true;
}

server_connection::progress server_connection::parse() {
  if (begin_ == end_) return progress::more_needed;
  if (reader_.idle()) {
    busy_ = true;
    first_byte_at_ = shared_.world.now();
  }
  const bool had_head = reader_.head_done();
  const auto used = reader_.feed(std::string_view(buffer_).substr(begin_, end_ - begin_), &body_);
  if (!used) {
    const bool large = used.error() == make_error_code(errc::too_large);
    const unsigned too_large = reader_.head_done() ? 413 : 431;
    refusal_ = refusal{large ? too_large : 400u, used.error().message()};
    return progress::refused;
  }
  if (end_ - begin_ == buffer_.size() && buffer_.size() < largest_buffer && *used == buffer_.size())
    buffer_.resize(largest_buffer);
  begin_ += *used;
  if (reader_.head_done() && !had_head && !begin_body()) return progress::refused;
  if (!reader_.done()) return progress::more_needed;
  accept_request();
  return progress::complete;
}

bool server_connection::begin_body() {
  const request& r = reader_.request_head();
  if (!reader_.is_http_1_0() && count_of(r.fields, "Host") != 1) {
    refusal_ = refusal{400, "a request names exactly one Host"};
    return false;
  }
  const std::string_view expectation = r.fields.get("Expect");
  if (expectation.empty() || reader_.is_http_1_0()) return true;
  if (!equal_ignoring_case(expectation, "100-continue")) {
    refusal_ = refusal{417, "the only expectation met is 100-continue"};
    return false;
  }
  wants_continue_ = !reader_.done() && body_.empty();
  return true;
}

void server_connection::accept_request() {
  received_at_ = shared_.world.now();
  request_ = std::move(reader_.request_head());
  request_.body = std::move(body_);
  body_ = {};
  to_origin_form(request_.target);
  keep_alive_ = reader_.keep_alive();
  http_1_0_ = reader_.is_http_1_0();
  reader_.next();
  dog_.clear();
}

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
  const auto [code, count] = co_await write_both(*stream_, head, body);
  static_cast<void>(count);
  if (!code) co_return result<>();
  keep_alive_ = false;
  broken_ = true;
  if (expired_) co_return fail(errc::timed_out);
  if (runtime::from_system(code) == runtime::errc::cancelled) co_return fail(errc::cancelled);
  co_return fail(errc::reset);
}

runtime::task<> server_connection::refuse() {
  response r;
  r.status = refusal_->status;
  r.fields.add("Content-Type", "text/plain");
  r.body = refusal_->why + "\n";
  response_context context;
  context.closes = true;
  context.date = shared_.date();
  head_.clear();
  if (!append_head(head_, r, context)) co_return;
  const result<> written = co_await write(head_, r.body);
  if (written) co_await linger();
}

// A close with unread bytes would reset the connection, and the reset would overtake the refusal.
runtime::task<> server_connection::linger() {
  stream_->shutdown_write();
  dog_.set(shared_.world.now() + longest_linger);
  std::size_t discarded = 0;
  while (discarded < most_discarded) {
    const bool filled = co_await fill();
    if (!filled) co_return;
    discarded += end_;
  }
}

}  // namespace epicenter::http
