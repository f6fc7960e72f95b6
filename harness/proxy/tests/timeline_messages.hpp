// The exchanges of random timelines: everything about one follows from its id, so that both ends know what is
// right.
#pragma once

#include <epicenter/http/framer.hpp>
#include <epicenter/runtime/random.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <string>

namespace epicenter::proxy::testing {

inline std::string random_bytes(std::uint64_t key, std::size_t size) {
  std::string bytes(size, ' ');
  std::uint64_t word = key;
  for (auto& c : bytes) {
    word = word * 6364136223846793005U + 1442695040888963407U;
    c = static_cast<char>(word >> 56U);
  }
  return bytes;
}

struct exchange_text {
  std::string method, request, interim, response;
  bool closes = false;  ///< the response lasts to the end of the connection
};

namespace detail {

inline std::string body_of(runtime::random_stream& random) {
  const auto size = random.below(10) == 0 ? random.below(12'000) : random.below(300);
  if (random.below(2) == 0) return random_bytes(random.next(), size);
  return R"({"resourceType":"Patient","id":")" + std::to_string(random.next()) + R"(","a":[)" +
         std::string(size, '1') + "]}";
}

inline std::string framed(std::string head, const std::string& body, runtime::random_stream& random) {
  if (random.below(4) != 0)
    return head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  head += "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size();) {
    const auto part = body.substr(at, 1 + random.below(2000));
    char length[32];
    std::snprintf(length, sizeof length, "%zx\r\n", part.size());
    head += length + part + "\r\n";
    at += part.size();
  }
  return head + "0\r\n\r\n";
}

}  // namespace detail

/// `id` is sent as X-Request-Id. Those that begin with "probe" are all alike.
inline exchange_text exchange_of(std::uint64_t seed, const std::string& id) {
  const bool probe = id.starts_with("probe");
  runtime::random_stream random(probe ? 1 : runtime::derive_seed(seed, id));
  exchange_text x;
  const auto kind = probe ? 0 : random.below(20);
  x.method = kind < 11 ? "GET" : kind < 12 ? "HEAD" : "POST";
  const auto client = id.substr(0, id.find('-'));
  const std::string head = x.method + " /" + client + "/api/FHIR/R4/Patient/p" +
                           std::to_string(random.below(3)) +
                           " HTTP/1.1\r\nHost: epic\r\nX-Request-Id: " + id +
                           "\r\nX-Kept: " + std::to_string(random.next()) + "\r\n";
  x.request = x.method == "POST" ? detail::framed(head, detail::body_of(random), random) : head + "\r\n";
  if (!probe && random.below(20) == 0) x.interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Kept: " + id + "\r\n";
  x.closes = !probe && x.method != "HEAD" && random.below(20) == 0;
  if (x.closes) {
    x.response = answer + "Connection: close\r\n\r\n" + detail::body_of(random);
  } else if (x.method == "HEAD") {
    x.response = answer + "Content-Length: 20\r\n\r\n";
  } else {
    x.response = probe ? answer + "Content-Length: 0\r\n\r\n"
                       : detail::framed(answer, detail::body_of(random), random);
  }
  return x;
}

struct message {
  std::string raw;
  unsigned status = 0;
  std::string id;        ///< X-Request-Id of a request
  std::string injected;  ///< X-Epicenter-Fault of a response
};

/// The messages of one direction of a connection, byte for byte.
class message_reader {
 public:
  message_reader(runtime::stream& s, http::framer::direction which)
      : stream_(s), which_(which), framer_(which, http::limits{}) {}

  void expect_response_to(const std::string& method) { framer_.expect_response_to(method); }

  runtime::task<result<message>> next() {
    std::string raw;
    for (;;) {
      while (!buffer_.empty()) {
        const auto used = framer_.feed(buffer_);
        if (!used) co_return fail(used.error());
        raw.append(buffer_, 0, *used);
        buffer_.erase(0, *used);
        if (framer_.done()) co_return taken(std::move(raw));
        if (*used == 0) co_return fail(http::errc::malformed);
      }
      char chunk[4096];
      auto reading = read_some(stream_, boost::asio::buffer(chunk));
      const auto got = co_await std::move(reading);
      if (got) {
        buffer_.assign(chunk, *got);
        continue;
      }
      const bool in_order = got.error() == runtime::make_error_code(runtime::errc::end_of_stream);
      if (in_order && !framer_.idle() && framer_.end_of_stream() && framer_.done())
        co_return taken(std::move(raw));
      co_return fail(got.error());
    }
  }

 private:
  message taken(std::string raw) {
    message m;
    m.raw = std::move(raw);
    if (which_ == http::framer::direction::requests) {
      m.id = framer_.request_head().fields.get("X-Request-Id");
    } else {
      m.status = framer_.response_head().status;
      m.injected = framer_.response_head().fields.get("X-Epicenter-Fault");
    }
    framer_.next();
    return m;
  }

  runtime::stream& stream_;
  http::framer::direction which_;
  http::framer framer_;
  std::string buffer_;
};

}  // namespace epicenter::proxy::testing
