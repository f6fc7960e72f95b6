#include <epicenter/http/message_reader.hpp>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <epicenter/base/check.hpp>

namespace epicenter::http {
namespace {

namespace beast = boost::beast;
using beast_error = beast::error_code;
using text = beast::string_view;

constexpr std::size_t max_chunk_line = 1024;  // sizes are short, and nobody uses chunk extensions
constexpr std::size_t max_reserved = 1024 * 1024;

/// Lets Beast check and split a whole head into our own message; never sees a body.
template <bool is_request, class Message>
class head_parser final : public beast::http::basic_parser<is_request> {
 public:
  explicit head_parser(Message& out) : out_(out) { this->skip(true); }
  bool http_1_0() const { return version_ < 11; }
  bool ambiguous() const { return ambiguous_; }

 private:
  void on_request_impl(beast::http::verb, text method, text target, int version, beast_error&) override {
    version_ = version;
    if constexpr (is_request) {
      out_.method.assign(method.data(), method.size());
      out_.target.assign(target.data(), target.size());
    }
  }
  void on_response_impl(int code, text reason, int version, beast_error&) override {
    version_ = version;
    if constexpr (!is_request) {
      out_.status = static_cast<unsigned>(code);
      out_.reason.assign(reason.data(), reason.size());
    }
  }
  void on_field_impl(beast::http::field known, text name, text value, beast_error&) override {
    if (known == beast::http::field::content_length)
      ambiguous_ |= std::exchange(has_length_, true) || value.find(',') != text::npos;
    if (known == beast::http::field::transfer_encoding)
      ambiguous_ |= version_ < 11 || !equal_ignoring_case({value.data(), value.size()}, "chunked");
    out_.fields.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(beast_error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast_error&) override {}
  std::size_t on_body_impl(text, beast_error&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, text, beast_error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text, beast_error&) override { return 0; }
  void on_finish_impl(beast_error&) override {}

  Message& out_;
  int version_ = 11;
  bool has_length_ = false;
  bool ambiguous_ = false;
};

struct head_facts {
  bool keep_alive, upgrade, http_1_0, chunked;
  std::optional<std::uint64_t> length;
};

template <bool is_request, class Message>
result<head_facts> parse_into(Message& out, std::string_view head) {
  head_parser<is_request, Message> parser(out);
  parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
  beast_error code;
  const std::size_t used = parser.put(boost::asio::const_buffer(head.data(), head.size()), code);
  if (code || used != head.size() || !parser.is_done())
    return fail(errc::malformed, code ? code.message() : "the head ends early");
  if (parser.ambiguous()) return fail(errc::malformed, "the fields leave the length of the message in doubt");
  head_facts facts{parser.keep_alive(), parser.upgrade(), parser.http_1_0(), parser.chunked(), {}};
  if (const auto length = parser.content_length()) facts.length = *length;
  return facts;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

}  // namespace

message_reader::message_reader(kind what, limits bounds) : kind_(what), limits_(bounds) {}

result<std::size_t> message_reader::feed(std::string_view bytes, std::string* body) {
  EPICENTER_CHECK(state_ != state::done, "next() comes before more bytes");
  if (failed_) return fail(*failed_);
  std::size_t used = 0;
  while (used != bytes.size() && state_ != state::done) {
    auto one = step(bytes.substr(used), body);
    if (!one) {
      failed_ = one.error();
      return fail(std::move(one.error()));
    }
    used += *one;
  }
  return used;
}

result<std::size_t> message_reader::step(std::string_view bytes, std::string* body) {
  if (!head_done()) return feed_head(bytes);
  if (state_ == state::fixed || state_ == state::until_end || state_ == state::chunk_data)
    return take_body(bytes, body);
  auto framed = frame_byte(bytes.front());
  if (!framed) return fail(std::move(framed.error()));
  return std::size_t{1};
}

result<> message_reader::end_of_stream() {
  if (failed_) return fail(*failed_);
  if (state_ == state::until_end) state_ = state::done;
  if (state_ == state::idle || state_ == state::done) return {};
  failed_ = error(make_error_code(errc::truncated));
  return fail(*failed_);
}

void message_reader::next() {
  EPICENTER_CHECK(state_ == state::done, "a message ends before the next one begins");
  const bool interim = kind_ == kind::response && response_.status / 100 == 1 && response_.status != 101;
  if (!interim) answer_to_ = answer_to::ordinary;
  state_ = state::idle;
  partial_head_.clear();
  request_ = {};
  response_ = {};
}

result<std::size_t> message_reader::feed_head(std::string_view bytes) {
  if (auto plausible = check_start(bytes); !plausible) return fail(std::move(plausible.error()));
  constexpr std::string_view end_mark = "\r\n\r\n";
  const std::size_t before = partial_head_.size();
  state_ = state::head;
  std::string_view head = bytes.substr(0, limits_.max_header_bytes - before);
  if (before != 0) {
    partial_head_.append(head);
    head = partial_head_;
  }
  const std::size_t end = head.find(end_mark, before < 3 ? 0 : before - 3);
  if (end == std::string_view::npos) {
    if (head.size() >= limits_.max_header_bytes) return fail(errc::too_large, "the head of the message");
    if (before == 0) partial_head_.assign(head);
    return bytes.size();
  }
  head = head.substr(0, end + end_mark.size());
  const std::size_t used = head.size() - before;
  head_bytes_ = head.size();
  if (auto parsed = parse_head(head); !parsed) return fail(std::move(parsed.error()));
  return used;
}

// Tells what is not HTTP at all (TLS on a plain port, another protocol) from its first bytes instead of
// waiting for the end of a head that never comes.
result<> message_reader::check_start(std::string_view bytes) const {
  constexpr std::string_view version = "HTTP/1.";
  const std::size_t position = partial_head_.size();
  if (kind_ == kind::response && position < version.size()) {
    const std::string_view expected = version.substr(position, bytes.size());
    if (bytes.substr(0, expected.size()) != expected)
      return fail(errc::malformed, "the bytes are not an HTTP/1.1 response");
  }
  if (kind_ == kind::request && position == 0 && (bytes.front() <= ' ' || bytes.front() > '~'))
    return fail(errc::malformed, "the bytes are not an HTTP/1.1 request");
  return {};
}

result<> message_reader::parse_head(std::string_view head) {
  auto facts = kind_ == kind::request ? parse_into<true>(request_, head) : parse_into<false>(response_, head);
  if (!facts) return fail(std::move(facts.error()));
  keep_alive_ = facts->keep_alive;
  http_1_0_ = facts->http_1_0;
  const bool tunnels = answer_to_ == answer_to::connect && response_.status / 100 == 2;
  if (kind_ == kind::response)
    upgrades_ = response_.status == 101 || tunnels;
  else
    upgrades_ = facts->upgrade || request_.method == "CONNECT";
  return choose_framing(facts->chunked, facts->length);
}

result<> message_reader::choose_framing(bool chunked, std::optional<std::uint64_t> length) {
  remaining_ = body_bytes_ = 0;
  framing_bytes_ = 0;
  size_digits_ = 0;
  state_ = state::done;
  if (kind_ == kind::response) {
    const unsigned status = response_.status;
    if (status / 100 == 1 || status == 204 || status == 304 || answer_to_ == answer_to::head || upgrades_)
      return {};
  }
  if (chunked) {
    state_ = state::chunk_size;
  } else if (length) {
    if (*length > limits_.max_body_bytes) {
      state_ = state::fixed;
      return fail(errc::too_large, "the body of the message");
    }
    remaining_ = *length;
    if (remaining_ != 0) state_ = state::fixed;
  } else if (kind_ == kind::response) {
    state_ = state::until_end;
    keep_alive_ = false;
  }
  return {};
}

result<std::size_t> message_reader::take_body(std::string_view bytes, std::string* body) {
  std::size_t count = bytes.size();
  if (state_ == state::until_end) {
    body_bytes_ += count;
    if (body_bytes_ > limits_.max_body_bytes) return fail(errc::too_large, "the body of the message");
  } else {
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, remaining_));
    remaining_ -= count;
  }
  if (body != nullptr) {
    if (body->empty()) body->reserve(std::min<std::size_t>(count + remaining_, max_reserved));
    body->append(bytes.data(), count);
  }
  if (remaining_ == 0 && state_ == state::fixed) state_ = state::done;
  if (remaining_ == 0 && state_ == state::chunk_data) state_ = state::chunk_data_cr;
  return count;
}

result<> message_reader::expect(char c, char wanted, state after) {
  if (c != wanted) return fail(errc::malformed, "the chunk framing is broken");
  state_ = after;
  return {};
}

result<> message_reader::frame_byte(char c) {
  switch (state_) {
    case state::chunk_size:
    case state::chunk_extension:
      return size_byte(c);
    case state::chunk_size_lf:
      framing_bytes_ = 0;
      size_digits_ = 0;
      return expect(c, '\n', remaining_ == 0 ? state::trailer_start : state::chunk_data);
    case state::chunk_data_cr:
      return expect(c, '\r', state::chunk_data_lf);
    case state::chunk_data_lf:
      return expect(c, '\n', state::chunk_size);
    default:
      return trailer_byte(c);
  }
}

result<> message_reader::size_byte(char c) {
  if (++framing_bytes_ > max_chunk_line) return fail(errc::too_large, "a chunk's size line");
  if (c == '\r') {
    if (size_digits_ == 0) return fail(errc::malformed, "a chunk has no size");
    if (remaining_ > limits_.max_body_bytes - body_bytes_)
      return fail(errc::too_large, "the body of the message");
    body_bytes_ += remaining_;
    state_ = state::chunk_size_lf;
    return {};
  }
  if (state_ == state::chunk_extension)
    return is_control(c) ? result<>(fail(errc::malformed, "a chunk extension is broken")) : result<>();
  const int digit = hex_digit(c);
  if (digit >= 0) {
    if (++size_digits_ > 15) return fail(errc::malformed, "a chunk's size has too many digits");
    remaining_ = remaining_ * 16 + static_cast<unsigned>(digit);
    return {};
  }
  if (size_digits_ == 0 || (c != ';' && c != ' ' && c != '\t'))
    return fail(errc::malformed, "a chunk's size is not a number");
  state_ = state::chunk_extension;
  return {};
}

result<> message_reader::trailer_byte(char c) {
  if (++framing_bytes_ > limits_.max_header_bytes) return fail(errc::too_large, "the trailers");
  if (state_ == state::trailer_end_lf) return expect(c, '\n', state::done);
  if (state_ == state::trailer_line_lf) return expect(c, '\n', state::trailer_start);
  if (c == '\r') {
    state_ = state_ == state::trailer_start ? state::trailer_end_lf : state::trailer_line_lf;
    return {};
  }
  if (is_control(c)) return fail(errc::malformed, "a trailer is broken");
  state_ = state::trailer_line;
  return {};
}

}  // namespace epicenter::http
