// Any bytes, cut anywhere, give the same messages as in one piece, whether their bodies are asked for or not;
// and messages that are well formed are found as they were made.
#include <array>
#include <cstdint>
#include <cstdio>
#include <epicenter/base/check.hpp>
#include <epicenter/http/framer.hpp>
#include <vector>

namespace {

using epicenter::http::framer;

struct reading {
  framer::direction which = framer::direction::requests;
  bool answers_to_head = false;  ///< responses are to HEAD and GET by turns
  bool bodies = false;
};

struct found {
  std::string log;
  std::vector<std::string> bodies;
};

void note_head(const framer& f, framer::direction which, std::string& log) {
  if (which == framer::direction::requests) {
    log += f.request_head().method + ' ' + f.request_head().target;
  } else {
    log += std::to_string(f.response_head().status);
  }
  log += '/' + std::to_string(f.head_bytes());
}

found messages_in(const reading& how, std::string_view bytes, std::size_t piece_size) {
  epicenter::http::limits bounds;
  bounds.max_header_bytes = 512;
  bounds.max_body_bytes = 512;
  framer f(how.which, bounds);
  found all;
  std::string body;
  std::string_view message = bytes;
  const char* const start = bytes.data();
  std::size_t consumed = 0;
  bool announced = false;
  for (std::size_t number = 0; !bytes.empty();) {
    std::string_view piece = bytes.substr(0, piece_size);
    bytes.remove_prefix(piece.size());
    while (!piece.empty()) {
      if (how.answers_to_head && f.idle() && !std::exchange(announced, true))
        f.expect_response_to(number++ % 2 == 0 ? "HEAD" : "GET");
      const auto used = f.feed(piece, how.bodies ? &body : nullptr);
      if (!used) {
        all.log += used.error().message();
        return all;
      }
      EPICENTER_CHECK(*used != 0 && *used <= piece.size(), "feeding makes progress");
      consumed += *used;
      piece.remove_prefix(*used);
      if (f.head_done()) {
        const auto head = f.head_bytes();
        const auto seen = static_cast<std::size_t>(start + consumed - message.data());
        EPICENTER_CHECK(head >= 4 && head <= seen, "the head lies within its message");
        EPICENTER_CHECK(message[head - 1] == '\n', "the head ends with its empty line");
        EPICENTER_CHECK(body.size() <= seen - head, "no body is larger than its bytes");
      }
      if (!f.done()) continue;
      note_head(f, how.which, all.log);
      all.log += '@' + std::to_string(consumed) + (f.closes_connection() ? "c " : "k ");
      all.bodies.push_back(std::exchange(body, {}));
      if (f.upgrades()) return all;
      f.next();
      announced = false;
      message.remove_prefix(static_cast<std::size_t>(start + consumed - message.data()));
    }
  }
  const auto ended = f.end_of_stream();
  all.log += ended ? std::string("end") : ended.error().message();
  if (ended && f.done()) all.bodies.push_back(std::move(body));
  return all;
}

void any_bytes(const reading& how, std::string_view bytes, std::size_t piece) {
  reading with = how, without = how;
  with.bodies = true;
  without.bodies = false;
  const auto whole = messages_in(with, bytes, bytes.size() + 1);
  const auto cut = messages_in(with, bytes, piece);
  EPICENTER_CHECK(whole.log == cut.log && whole.bodies == cut.bodies, "splits do not matter");
  EPICENTER_CHECK(messages_in(without, bytes, piece).log == cut.log,
                  "bodies that are not asked for change nothing");
}

/// Messages made of the input: for each, a byte that says how it is framed, one for its size, and its body.
void sound_messages(framer::direction which, std::string_view input, std::size_t piece) {
  std::string wire;
  std::vector<std::string> bodies;
  while (input.size() >= 3 && bodies.size() < 8) {
    const auto form = static_cast<unsigned char>(input[0]);
    const std::size_t size = std::min<std::size_t>(static_cast<unsigned char>(input[1]), input.size() - 2);
    std::string body(input.substr(2, size));
    input.remove_prefix(2 + size);
    wire += which == framer::direction::requests ? "POST /a HTTP/1.1\r\n" : "HTTP/1.1 200 OK\r\n";
    if (form % 2 == 0) {
      wire += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    } else {
      wire += "Transfer-Encoding: chunked\r\n\r\n";
      const std::size_t chunk = form / 2 % 16 + 1U;
      for (std::size_t at = 0; at < body.size(); at += chunk) {
        const auto part = body.substr(at, chunk);
        std::array<char, 32> length{};
        std::snprintf(length.data(), length.size(), form % 4 == 1 ? "%zX" : "%zx;a=b", part.size());
        wire += std::string(length.data()) + "\r\n" + part + "\r\n";
      }
      wire += form % 8 == 3 ? "0\r\nTrailer: x\r\n\r\n" : "0\r\n\r\n";
    }
    bodies.push_back(std::move(body));
  }
  const auto read = messages_in({which, false, true}, wire, piece);
  EPICENTER_CHECK(read.bodies == bodies, "what was framed is found");
  EPICENTER_CHECK(read.log.ends_with("end"), "nothing is left over");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  reading how;
  how.which = data[0] % 2 == 0 ? framer::direction::requests : framer::direction::responses;
  how.answers_to_head = data[0] % 8 == 3;
  const std::size_t piece = data[1] % 16 + 1U;
  const std::string bytes(data + 2, data + size);
  if (data[0] % 8 >= 6) {
    sound_messages(how.which, bytes, piece);
  } else {
    any_bytes(how, bytes, piece);
  }
  return 0;
}
