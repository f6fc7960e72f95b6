#include <epicenter/http/client_opening.hpp>
#include <epicenter/http/private_ca.hpp>
#include <epicenter/http/tls_session.hpp>

#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

const wall_time day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

/// What OpenSSL sends first when it asks for that host.
std::string opening_for(const std::string& host) {
  tls_session session(make_tls_client({}).value(), tls_session::side::client, host, day);
  EXPECT_EQ(session.handshake(), tls_session::status::wants_input);
  std::string bytes;
  session.take_records(bytes);
  return bytes;
}

std::string number(std::size_t value, unsigned width) {
  std::string out;
  for (unsigned i = width; i-- != 0;) out.push_back(static_cast<char>(value >> (8U * i) & 0xFFU));
  return out;
}
std::string record(const std::string& content) {
  return std::string("\x16\x03\x01") + number(content.size(), 2) + content;
}
/// A first message with these extensions, in one record.
std::string message(const std::string& extensions) {
  const std::string body = "\x03\x03" + std::string(32, 'r') +
                           std::string("\x00\x00\x02\x13\x01\x01\x00", 7) + number(extensions.size(), 2) +
                           extensions;
  return "\x01" + number(body.size(), 3) + body;
}
std::string server_name(const std::string& host) {
  const std::string entry = number(0, 1) + number(host.size(), 2) + host;
  const std::string list = number(entry.size(), 2) + entry;
  return number(0, 2) + number(list.size(), 2) + list;
}

TEST(client_hello, of_openssl_is_recognised_at_its_sixth_byte_and_names_the_server_at_its_last) {
  const std::string bytes = opening_for("fhir.example.org");
  for (std::size_t count = 0; count <= bytes.size(); ++count) {
    const std::string_view part = std::string_view(bytes).substr(0, count);
    EXPECT_EQ(looks_like_client_hello(part), count < 6 ? hello_state::need_more : hello_state::yes) << count;
    const hello_name named = client_hello_server_name(part);
    EXPECT_EQ(named.state, count < bytes.size() ? hello_state::need_more : hello_state::yes) << count;
    EXPECT_EQ(named.host, count < bytes.size() ? "" : "fhir.example.org") << count;
  }
  EXPECT_EQ(client_hello_server_name(bytes + "what follows").host, "fhir.example.org");
}

TEST(client_hello, names_no_server_where_the_client_has_only_an_address) {
  const hello_name named = client_hello_server_name(opening_for("127.0.0.1"));
  EXPECT_EQ(named.state, hello_state::yes);
  EXPECT_EQ(named.host, "");
}

TEST(client_hello, may_come_in_records_of_one_byte_each) {
  const std::string whole = message(server_name("Fhir.Example.ORG"));
  std::string bytes;
  for (const char c : whole) bytes += record(std::string(1, c));
  EXPECT_EQ(client_hello_server_name(bytes).host, "fhir.example.org");
  EXPECT_EQ(client_hello_server_name(record(whole)).host, "fhir.example.org");
  EXPECT_EQ(client_hello_server_name(bytes.substr(0, bytes.size() - 1)).state, hello_state::need_more);
}

struct no_hello {
  const char* what;
  std::string bytes;
};

TEST(client_hello, is_not_what_only_begins_like_one) {
  const std::string good = message(server_name("a.example"));
  std::string short_name = server_name("a.example");
  short_name[8] = '\x7f';  // the name's length, beyond the list
  std::string endless = good;
  endless[1] = '\x01';  // 64 KiB and more
  const std::vector<no_hello> all{
      {"HTTP", "GET / HTTP/1.1\r\n"},
      {"another record", std::string("\x17\x03\x03\x00\x05\x01\x00\x00", 8)},
      {"another version", std::string("\x16\x02\x00\x00\x05\x01\x00\x00", 8)},
      {"another message", record("\x02" + good.substr(1))},
      {"an empty record", record("")},
      {"a record beyond the bound", "\x16\x03\x01" + number(16 * 1024 + 1, 2) + "\x01"},
      {"a name longer than its list", record(message(short_name))},
      {"a message beyond the bound", record(endless)},
      {"a message with something behind its extensions",
       record("\x01" + number(good.size() - 3, 3) + good.substr(4) + "x")},
      {"a message that ends in its session", record("\x01" + number(35, 3) + std::string(34, 'r') + "\x20")},
  };
  for (const no_hello& one : all)
    EXPECT_EQ(client_hello_server_name(one.bytes).state, hello_state::no) << one.what;
  EXPECT_EQ(looks_like_client_hello("GET / HTTP/1.1\r\n"), hello_state::no);
  EXPECT_EQ(looks_like_client_hello("G"), hello_state::no);
  EXPECT_EQ(looks_like_client_hello(record("\x02")), hello_state::no);
}

TEST(client_hello, gives_no_name_that_a_certificate_could_not_carry) {
  for (const std::string& host : {std::string("a,IP:10.0.0.1"), std::string("a\0b", 3), std::string(254, 'a'),
                                  std::string("a b"), std::string("\xc3\xa4.example")}) {
    const hello_name named = client_hello_server_name(record(message(server_name(host))));
    EXPECT_EQ(named.state, hello_state::yes) << host;
    EXPECT_EQ(named.host, "") << host;
  }
  EXPECT_EQ(client_hello_server_name(record(message(server_name(std::string(253, 'a'))))).host.size(), 253U);
}

TEST(tls_alert, is_the_record_of_a_fatal_alert) {
  EXPECT_EQ(tls_alert(alert::handshake_failure), std::string("\x15\x03\x03\x00\x02\x02\x28", 7));
  EXPECT_EQ(tls_alert(alert::unrecognized_name).back(), '\x70');
}

/// Writes the parts with a pause after each, and closes.
task<> write_parts(world& rt, runtime::endpoint to, std::vector<std::string> parts) {
  auto stream = co_await runtime::connect(rt, to, rt.now() + 5s);
  EXPECT_TRUE(stream.has_value());
  if (!stream) co_return;
  for (const std::string& part : parts) {
    const result<> sent = co_await runtime::write_all(**stream, boost::asio::buffer(part));
    EXPECT_TRUE(sent.has_value());
    (void)co_await runtime::sleep_for(rt, 5ms);
  }
}

EPICENTER_BOTH_WORLDS(client_opening, is_read_from_the_stream_in_any_pieces) {
  auto listening = rt.listen(any_port());
  const runtime::endpoint at = (*listening)->local_endpoint();
  const std::string hello = opening_for("fhir.example.org");
  const std::vector<std::vector<std::string>> all{{hello.substr(0, 3), hello.substr(3, 50), hello.substr(53)},
                                                  {"GET / HTTP/1.1\r\n\r\n"},
                                                  {hello.substr(0, 90)}};
  for (const auto& parts : all) {
    runtime::spawn(rt, "client", write_parts(rt, at, parts));
    auto stream = co_await runtime::accept(**listening);
    auto seen = co_await read_client_opening(rt, **stream, rt.now() + 5s);
    EXPECT_TRUE(seen.has_value());
    if (!seen) continue;
    std::string sent;
    for (const std::string& part : parts) sent += part;
    EXPECT_EQ(seen->bytes, sent);
    EXPECT_EQ(seen->state, parts.size() == 3 ? hello_state::yes : hello_state::no);
    EXPECT_EQ(seen->host, parts.size() == 3 ? "fhir.example.org" : "");
  }
  runtime::spawn(rt, "client", write_parts(rt, at, {hello.substr(0, 10), std::string(1, hello[10])}));
  auto stream = co_await runtime::accept(**listening);
  const auto late = co_await read_client_opening(rt, **stream, rt.now() + 2ms);
  EXPECT_TRUE(!late && late.error() == make_error_code(runtime::errc::timed_out));
}

}  // namespace
}  // namespace epicenter::http
