// How `epicenter mock` is reached: TLS, who may use the admin API, threads, and the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <epicenter/http/client.hpp>
#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>

#include "harness/cli/tests/program.hpp"

namespace epicenter::cli {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view token = "a-token-of-the-admin-api";

/// Status and body, or what went wrong.
struct heard {
  unsigned status = 0;
  std::string body;
  std::string failure;
};

runtime::task<> ask_once(runtime::runtime& rt, http::url what, http::client_options options,
                         http::headers fields, heard& into) {
  http::client web(rt, std::move(options));
  http::request asked;
  asked.target = what.target;
  asked.fields = std::move(fields);
  const instant limit = rt.now() + 5s;
  auto answer = co_await web.send(what.where, std::move(asked), limit);
  if (answer) {
    into.status = answer->status;
    into.body = std::move(answer->body);
  } else {
    into.failure = answer.error().why.message();
  }
  co_await web.stop();
}

heard ask(std::string_view url, const std::string& ca_pem = {}, http::headers fields = {}) {
  http::client_options options;
  if (!ca_pem.empty()) {
    http::tls_client_options trust;
    trust.ca_pem = ca_pem;
    options.tls = http::make_tls_client(trust).value();
  }
  heard answer;
  runtime::real_runtime rt;
  runtime::spawn(rt, "ask",
                 ask_once(rt, http::parse_url(url).value(), std::move(options), std::move(fields), answer));
  rt.run();
  return answer;
}

json::value started(program& mock) {
  const std::string line = mock.first_line();
  auto parsed = json::parse(line);
  EXPECT_TRUE(parsed) << line << mock.err();
  return parsed ? *parsed : json::value();
}

http::headers bearing(std::string_view text) {
  http::headers fields;
  fields.add("Authorization", "Bearer " + std::string(text));
  return fields;
}

TEST(MockTls, IsVouchedForByTheAuthorityItPrintsAndWrites) {
  scratch where;
  program mock(where, {"mock", "--patients", "5", "--open", "--tls", "--tls-ca-out", where.file("ca.pem")});
  const auto urls = started(mock);
  const std::string ca(urls.string_at("ca"));
  EXPECT_EQ(ca, read_file(where.file("ca.pem")));
  const std::string metadata = std::string(urls.string_at("fhir")) + "/metadata";
  const heard answer = ask(metadata, ca);
  EXPECT_EQ(answer.status, 200u) << answer.failure;
  // What it says of itself is reached by TLS too.
  EXPECT_THAT(answer.body, HasSubstr(std::string(urls.string_at("token"))));
  EXPECT_THAT(metadata, ::testing::StartsWith("https://127.0.0.1:"));
}

struct flawed {
  const char* kind;
  const char* reason;
};

struct MockCertificate : ::testing::TestWithParam<flawed> {
  scratch where;
};

TEST_P(MockCertificate, IsRefusedForItsOwnReason) {
  program mock(where, {"mock", "--patients", "5", "--open", "--tls", "--tls-certificate", GetParam().kind});
  const auto urls = started(mock);
  const heard answer =
      ask(std::string(urls.string_at("fhir")) + "/metadata", std::string(urls.string_at("ca")));
  EXPECT_EQ(answer.status, 0u);
  EXPECT_THAT(answer.failure, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(Each, MockCertificate,
                         ::testing::Values(flawed{"expired", "certificate has expired"},
                                           flawed{"wrong-host", "IP address mismatch"},
                                           flawed{"self-signed", "self-signed certificate"}),
                         [](const auto& one) { return "Number" + std::to_string(one.index); });

TEST(MockAdmin, WithATokenFileTakesThatTokenOnlyAndFhirIsServedAsBefore) {
  scratch where;
  const std::string file = where.write("token", std::string(token) + "\n");
  program mock(where, {"mock", "--patients", "5", "--open", "--listen", "0.0.0.0:0", "--token-file", file});
  const auto urls = started(mock);
  const auto port = http::parse_url(urls.string_at("admin")).value().where.server.port;
  const std::string base = "http://127.0.0.1:" + std::to_string(port);
  EXPECT_EQ(ask(base + "/__admin/health").status, 401u);
  for (const std::string_view wrong :
       {"a-token-of-the-admin-apj", "a-token-of-the-admin-ap", "", "A-token-of-the-admin-api"})
    EXPECT_EQ(ask(base + "/__admin/health", {}, bearing(wrong)).status, 401u) << wrong;
  EXPECT_EQ(ask(base + "/__admin/health", {}, bearing(token)).status, 200u);
  EXPECT_EQ(ask(base + "/interconnect-fhir-oauth/api/FHIR/R4/metadata").status, 200u);
}

TEST(MockCommand, WithoutWhatItNeedsIsAWrongCommandLine) {
  scratch where;
  const std::string file = where.write("short", "too short\n");
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"mock", "--listen", "0.0.0.0:0"},
        {"mock", "--listen", "[::]:0"},
        {"mock", "--token-file", file},
        {"mock", "--token-file", where.file("none")},
        {"mock", "--tls-certificate", "expired"},
        {"mock", "--tls-ca-out", where.file("ca.pem")},
        {"mock", "--cert", file},
        {"mock", "--cert", file, "--key", file},
        {"mock", "--cert", file, "--key", file, "--tls-certificate", "good"},
        {"mock", "--threads", "0"},
        {"mock", "--threads", "65"},
        {"mock", "--journal", "0"},
        {"mock", "--journal", "10000001"}}) {
    const auto run = run_to_end(where, args);
    EXPECT_EQ(run.exit_code, 2) << ::testing::PrintToString(args);
    EXPECT_EQ(run.out, "");
    EXPECT_NE(run.err, "");
  }
  const auto unwritable = run_to_end(where, {"mock", "--tls", "--tls-ca-out", where.file("none/ca.pem")});
  EXPECT_EQ(unwritable.exit_code, 8);
}

/// One connection that is used and waits, and one in the middle of a request, when the signal comes.
runtime::task<> end_while_connected(runtime::runtime& rt, runtime::endpoint to, program& mock,
                                    int& ended_with) {
  const instant limit = rt.now() + 5s;
  auto idle = co_await runtime::connect(rt, to, limit);
  auto busy = co_await runtime::connect(rt, to, limit);
  EXPECT_TRUE(idle && busy);
  const std::string whole = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
  std::string answer(4096, '\0');
  const result<> asked = co_await runtime::write_all(**idle, boost::asio::buffer(whole));
  const auto got = co_await runtime::read_some(**idle, boost::asio::buffer(answer));
  const result<> begun = co_await runtime::write_all(**busy, boost::asio::buffer(whole.data(), 20));
  EXPECT_TRUE(asked && got && begun);
  co_await runtime::sleep_for(rt, 50ms);
  mock.signal(SIGTERM);
  ended_with = mock.wait(within(1s));
}

TEST(MockCommand, EndsWithinASecondThoughConnectionsAreOpenOnEveryThread) {
  for (const char* threads : {"1", "3"}) {
    scratch where;
    program mock(where, {"mock", "--patients", "5", "--open", "--threads", threads});
    const auto url = http::parse_url(started(mock).string_at("fhir"));
    ASSERT_TRUE(url);
    int ended_with = -1;
    runtime::real_runtime rt;
    runtime::spawn(rt, "end", end_while_connected(rt, url->where.server, mock, ended_with));
    rt.run();
    EXPECT_EQ(ended_with, 0) << threads;
    EXPECT_EQ(mock.err(), "");
  }
}

TEST(MockCommand, ListensOnAUnixSocketAndRemovesIt) {
  scratch where;
  const std::string path = where.file("mock.sock");
  program mock(where, {"mock", "--patients", "5", "--listen", "unix:" + path, "--threads", "2"});
  const auto urls = started(mock);
  EXPECT_EQ(urls.string_at("socket"), path);
  EXPECT_THAT(std::string(urls.string_at("fhir")), ::testing::StartsWith("http://localhost/"));
  mock.signal(SIGTERM);
  EXPECT_EQ(mock.wait(within(1s)), 0);
  // A second one takes the same path.
  program again(where, {"mock", "--patients", "5", "--listen", "unix:" + path});
  EXPECT_EQ(started(again).string_at("socket"), path);
}

}  // namespace
}  // namespace epicenter::cli
