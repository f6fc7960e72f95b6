#include <epicenter/http/server_connection.hpp>

#include <epicenter/http/stream_io.hpp>

namespace epicenter::http {
namespace {

constexpr std::size_t first_buffer = 4 * 1024;
constexpr std::size_t largest_buffer = 64 * 1024;
constexpr std::size_t most_discarded = 256 * 1024;
constexpr duration longest_linger = 1s;

std::size_t count_of(const headers& fields, std::string_view name) {
  std::size_t count = 0;
  for (const auto& f : fields)
    if (equal_ignoring_case(f.first, name)) ++count;
  return count;
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
  return accept_request() ? progress::complete : progress::refused;
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

bool server_connection::accept_request() {
  received_at_ = shared_.world.now();
  request_ = std::move(reader_.request_head());
  request_.body = std::move(body_);
  body_ = {};
  to_origin_form(request_.target);
  if (shared_.options.tls) request_.scheme = "https";
  keep_alive_ = reader_.keep_alive();
  http_1_0_ = reader_.is_http_1_0();
  reader_.next();
  dog_.clear();
  if (!shared_.options.gzip) return true;
  const auto decoded = decode_body(request_, shared_.options.request_limits.max_body_bytes);
  if (decoded) return true;
  unsigned status = 400;
  if (decoded.error() == make_error_code(errc::too_large)) status = 413;
  if (decoded.error() == make_error_code(errc::unsupported_coding)) status = 415;
  refusal_ = refusal{status, decoded.error().message()};
  return false;
}

runtime::task<> server_connection::refuse() {
  response r;
  r.status = refusal_->status;
  r.fields.add("Content-Type", "text/plain");
  if (refusal_->status == 415) r.fields.add("Accept-Encoding", "gzip");  // RFC 9110, section 15.5.16
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
