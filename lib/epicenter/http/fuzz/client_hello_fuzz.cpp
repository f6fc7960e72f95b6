// Any bytes: the same answer however many of them have come, and never a name that is none.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/http/client_hello.hpp>

namespace {

using namespace epicenter::http;

void append_number(std::string& to, std::size_t value, int width) {
  for (int i = width; i-- != 0;)
    to.push_back(static_cast<char>(value >> (8U * static_cast<unsigned>(i)) & 0xFFU));
}

/// A sound message around these extensions, in records of at most `piece` bytes.
std::string around(std::string_view extensions, std::size_t piece) {
  std::string body("\x03\x03", 2);
  body.append(32, 'r').append("\x00\x00\x02\x13\x01\x01\x00", 7);
  append_number(body, extensions.size(), 2);
  body += extensions;
  std::string message("\x01", 1);
  append_number(message, body.size(), 3);
  message += body;
  std::string records;
  for (std::size_t at = 0; at < message.size(); at += piece) {
    const std::string_view part = std::string_view(message).substr(at, piece);
    records.append("\x16\x03\x01", 3);
    append_number(records, part.size(), 2);
    records += part;
  }
  return records;
}

void check(std::string_view bytes, std::size_t cut) {
  const hello_name whole = client_hello_server_name(bytes);
  const hello_state looks = looks_like_client_hello(bytes);
  EPICENTER_CHECK(whole.state != hello_state::yes || looks == hello_state::yes,
                  "a whole message looks like one");
  EPICENTER_CHECK(looks != hello_state::no || whole.state == hello_state::no, "what looks like none is none");
  EPICENTER_CHECK(whole.state == hello_state::yes || whole.host.empty(), "a name is of a whole message");
  EPICENTER_CHECK(
      whole.host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string::npos,
      "a name is a host name");
  EPICENTER_CHECK(bytes.size() < longest_client_hello || whole.state != hello_state::need_more,
                  "there is a bound");
  const hello_name part = client_hello_server_name(bytes.substr(0, cut % (bytes.size() + 1)));
  EPICENTER_CHECK(
      part.state == hello_state::need_more || (part.state == whole.state && part.host == whole.host),
      "what is decided stays");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::size_t piece = data[0] * 64U + data[1] % 64U + 1U;
  const std::size_t cut = data[2] * 256U + data[3];
  const std::string bytes(data + 4, data + size);
  check(bytes, cut);
  if (bytes.size() <= 0xFFFF) check(around(bytes, piece), cut);
  return 0;
}
