// Faults made from what people write, and responses as the proxy hands them over.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/json/parse.hpp>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults::testing {

inline std::unique_ptr<fault> made(std::string_view type, std::string_view parameters) {
  return make_fault(*find(type), *json::parse(parameters).value().if_object()).value();
}

/// Why the parameters are refused; empty where they are not.
inline std::string refusal(std::string_view type, std::string_view parameters) {
  const auto read = canonical_parameters(*find(type), *json::parse(parameters).value().if_object());
  return read ? std::string() : read.error().message();
}

/// A response and the request it answers, with the bytes that say so.
struct exchange {
  http::request to;
  http::response received;
  std::string raw;
  instant now{};

  whole_response whole() const { return {to, received, raw, now}; }
  std::optional<delivery> through(fault& f, std::uint64_t seed = 7) const {
    runtime::random_stream random(seed);
    EXPECT_TRUE(f.acts_on().responses);
    EXPECT_TRUE(std::holds_alternative<take_whole>(f.on_response(received, random)));
    return f.on_whole_response(whole(), random);
  }
};

inline std::string head_of(const http::response& r) {
  std::string head = "HTTP/1.1 " + std::to_string(r.status) + " Fine\r\n";
  for (const auto& [name, value] : r.fields) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

/// With a Content-Length.
inline exchange plain(std::string body, http::headers fields = {{"Content-Type", "application/fhir+json"}}) {
  exchange e;
  e.received.fields = std::move(fields);
  e.received.fields.add("Content-Length", std::to_string(body.size()));
  e.received.body = std::move(body);
  e.raw = head_of(e.received) + e.received.body;
  return e;
}

/// In chunks of that size, the last with an extension, and a trailer behind them.
inline exchange chunked(std::string body, std::size_t size,
                        http::headers fields = {{"Content-Type", "application/fhir+json"}}) {
  exchange e;
  e.received.fields = std::move(fields);
  e.received.fields.add("Transfer-Encoding", "chunked");
  e.received.body = std::move(body);
  e.raw = head_of(e.received);
  for (std::size_t at = 0; at < e.received.body.size(); at += size) {
    const auto part = e.received.body.substr(at, size);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string length;
    for (std::size_t rest = part.size(); rest > 0; rest /= 16) length.insert(0, 1, digits[rest % 16]);
    e.raw += length + (at + size >= e.received.body.size() ? ";last=1" : "") + "\r\n" + part + "\r\n";
  }
  e.raw += "0\r\nX-Trailer: t\r\n\r\n";
  return e;
}

/// Without a length: it lasts until the connection ends.
inline exchange until_close(std::string body) {
  exchange e;
  e.received.fields = {{"Content-Type", "application/fhir+json"}};
  e.received.body = std::move(body);
  e.raw = head_of(e.received) + e.received.body;
  return e;
}

/// Responses that have no body: to HEAD, 204 and 304.
inline std::vector<exchange> bodiless() {
  exchange head;
  head.to.method = "HEAD";
  head.received.fields = {{"Content-Length", "9"}, {"Content-Type", "application/fhir+json"}};
  head.raw = head_of(head.received);
  exchange none;
  none.received.status = 204;
  none.raw = head_of(none.received);
  exchange unmodified;
  unmodified.received.status = 304;
  unmodified.received.fields = {{"Content-Length", "9"}, {"ETag", "\"1\""}};
  unmodified.raw = head_of(unmodified.received);
  return {head, none, unmodified};
}

/// What a client makes of the bytes, up to where they end: not what the faults use.
inline http::response read_back(std::string_view bytes) {
  http::response r;
  const auto end = bytes.find("\r\n\r\n");
  EXPECT_NE(end, std::string_view::npos);
  std::string_view head = bytes.substr(0, end);
  r.status = static_cast<unsigned>(std::stoul(std::string(head.substr(9, 3))));
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n")) {
    head.remove_prefix(at + 2);
    const auto line = head.substr(0, head.find("\r\n"));
    const auto colon = line.find(": ");
    r.fields.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
  }
  std::string_view rest = bytes.substr(end + 4);
  if (!r.fields.contains("Transfer-Encoding")) {
    r.body = rest;
    return r;
  }
  while (!rest.empty() && rest.front() != '0') {
    const auto line = rest.find("\r\n");
    if (line == std::string_view::npos) break;
    const auto size = std::stoul(std::string(rest.substr(0, line)), nullptr, 16);
    r.body += rest.substr(line + 2, size);
    rest.remove_prefix(std::min(line + 2 + size + 2, rest.size()));
  }
  return r;
}

}  // namespace epicenter::faults::testing
