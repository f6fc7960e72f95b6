#include "mock-epic/tests/mock_fixture.hpp"

namespace epicenter::mock::test {
namespace {

constexpr std::string_view invalid_token =
    "Bearer error=\"invalid_token\", error_description=\"The access token provided is not valid\"";

class Mock : public mock_fixture {
 public:
  runtime::task<> tokens() {
    http::request without = fhir("GET", "/Patient/x");
    const http::response none = co_await send(std::move(without));
    EXPECT_EQ(none.status, 401U);
    EXPECT_EQ(none.body, "");
    EXPECT_EQ(none.fields.get("WWW-Authenticate"), "Bearer");

    token = "nonsense";
    http::request bad = fhir("GET", "/Patient/x");
    const http::response wrong = co_await send(std::move(bad));
    EXPECT_EQ(wrong.status, 401U);
    EXPECT_EQ(wrong.body, "\"\"");
    EXPECT_EQ(wrong.fields.get("WWW-Authenticate"), invalid_token);
    EXPECT_EQ(wrong.fields.get("Content-Type"), "application/json; charset=utf-8");

    co_await log_in();
    http::request good = fhir("GET", "/Patient/" + mock->patients().front().patient);
    const http::response read = co_await send(std::move(good));
    EXPECT_EQ(read.status, 200U);

    co_await runtime::sleep_for(rt, 1h);
    http::request late = fhir("GET", "/Patient/x");
    const http::response expired = co_await send(std::move(late));
    EXPECT_EQ(expired.status, 401U);
    EXPECT_EQ(expired.body, "\"\"");

    http::request meta = fhir("GET", "/metadata");
    meta.fields.erase("Authorization");
    const http::response open = co_await send(std::move(meta));
    EXPECT_EQ(open.status, 200U);

    std::vector<std::string> rules;
    std::vector<std::uint64_t> numbers;
    for (const journal_entry& one : mock->journal().entries()) {
      rules.push_back(one.rule);
      numbers.push_back(one.token);
    }
    EXPECT_EQ(rules, (std::vector<std::string>{"token_missing", "token_unknown", "token_issued", "",
                                               "token_expired", ""}));
    EXPECT_EQ(numbers, (std::vector<std::uint64_t>{0, 0, 1, 1, 1, 0}));
  }

  runtime::task<> journalled() {
    co_await log_in();
    http::request r = fhir("POST", "/ServiceRequest?x=1", order("op-1"));
    r.fields.add("X-Request-Id", "req-1");
    const http::response made = co_await send(std::move(r));
    EXPECT_EQ(made.status, 201U);
    http::request unknown = fhir("GET", "/Patient/nobody");
    const http::response missing = co_await send(std::move(unknown));
    EXPECT_EQ(missing.status, 404U);
    co_await runtime::sleep_for(rt, 1s);

    const auto& entries = mock->journal().entries();
    EXPECT_EQ(entries.size(), 3U);
    const journal_entry& create = entries.at(1);
    EXPECT_EQ(create.seq, 2U);
    EXPECT_EQ(create.request_id, "req-1");
    EXPECT_EQ(create.method, "POST");
    EXPECT_EQ(create.path, std::string(fhir_path) + "/ServiceRequest");
    EXPECT_EQ(create.status, 201U);
    EXPECT_EQ(create.identifier, "op-1");
    EXPECT_TRUE(made.fields.get("Location").ends_with("/" + create.changed + "/_history/1"));
    EXPECT_TRUE(create.committed_at && create.responded_at);
    EXPECT_LE(create.received_at, *create.committed_at);
    EXPECT_LE(*create.committed_at, *create.responded_at);
    EXPECT_EQ(entries.at(2).rule, "unknown_id");
    EXPECT_FALSE(entries.at(2).committed_at);
    EXPECT_EQ(mock->journal().commits().size(), 1U);
    const commit& filed = mock->journal().commits().at(0);
    EXPECT_EQ(filed.entry, 2U);
    EXPECT_EQ(filed.request_id, "req-1");
    EXPECT_EQ(filed.identifier, "op-1");
    EXPECT_EQ(filed.resource, create.changed);
    EXPECT_EQ(mock->count_by_identifier("ServiceRequest", "op-1"), 1U);
    EXPECT_EQ(mock->count_by_identifier("DocumentReference", "op-1"), 0U);
    EXPECT_EQ(mock->count_by_identifier("NoSuchType", "op-1"), 0U);
  }

  runtime::task<> lever() {
    co_await log_in();
    lever_spec spec;
    spec.id = "e-1";
    spec.type = "token_expiry";
    spec.lease = 2s;
    EXPECT_TRUE(mock->levers().apply(spec));
    http::request r = fhir("GET", "/Patient/x");
    const http::response refused = co_await send(std::move(r));
    EXPECT_EQ(refused.status, 401U);
    EXPECT_EQ(mock->journal().entries().back().rule, "token_expiry/e-1");
    EXPECT_EQ(mock->journal().entries().back().token, 1U);
    co_await log_in();
    http::request again = fhir("GET", "/Patient/" + mock->patients().front().patient);
    const http::response good = co_await send(std::move(again));
    EXPECT_EQ(good.status, 200U);
    const auto status = mock->levers().status();
    EXPECT_EQ(status.size(), 1U);
    EXPECT_EQ(status.at(0).injected, 1U);
    EXPECT_GT(status.at(0).lease_left, 0ns);
    co_await runtime::sleep_for(rt, 2s);
    EXPECT_TRUE(mock->levers().status().empty());
  }

  runtime::task<> forgotten_by_reset() {
    co_await log_in();
    http::request r = fhir("POST", "/ServiceRequest", order("op-1"));
    const http::response made = co_await send(std::move(r));
    EXPECT_EQ(made.status, 201U);
    const auto before = mock->patients();
    options next = default_options();
    next.seed = 2;
    mock->reset(next);
    EXPECT_EQ(mock->journal().total(), 0U);
    EXPECT_EQ(mock->count_by_identifier("ServiceRequest", "op-1"), 0U);
    EXPECT_NE(mock->patients().back().patient, before.back().patient);
    http::request stale = fhir("GET", "/Patient/x");
    const http::response refused = co_await send(std::move(stale));
    EXPECT_EQ(refused.status, 401U);
    next.seed = 1;
    mock->reset(next);
    EXPECT_EQ(mock->patients().front().patient, before.front().patient);
  }
};

TEST_F(Mock, FhirNeedsATokenThatIsKnownAndNotExpired) {
  run(&Mock::tokens);
}
TEST_F(Mock, TheJournalKnowsWhatWasReceivedCommittedAndResponded) {
  run(&Mock::journalled);
}
TEST_F(Mock, TokenExpiryEndsTheTokensOfBeforeAndNotThoseOfAfter) {
  run(&Mock::lever);
}
TEST_F(Mock, AResetForgetsEverything) {
  run(&Mock::forgotten_by_reset);
}

/// A network that holds less than a response: the server is still writing when the client goes.
class NarrowMock : public mock_fixture {
 public:
  NarrowMock() : mock_fixture(narrow()) {}
  static runtime::virtual_options narrow() {
    runtime::virtual_options made;
    made.link.buffer = 16;
    return made;
  }
  runtime::task<> reset_before_the_answer() {
    const std::string body = order("op-1");
    const std::string bytes = fmt::format(
        "POST {}/ServiceRequest HTTP/1.1\r\nHost: h\r\nContent-Type: application/fhir+json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        fhir_path, body.size(), body);
    const instant deadline = rt.now() + 1s;
    auto stream = co_await runtime::connect(rt, where.server, deadline);
    EXPECT_TRUE(stream);
    const boost::asio::const_buffer all = boost::asio::buffer(bytes);
    const auto written = co_await runtime::write_all(**stream, all);
    EXPECT_TRUE(written);
    co_await runtime::sleep_for(rt, 10ms);
    (*stream)->reset();
    co_await runtime::sleep_for(rt, 1s);
    const auto& entries = mock->journal().entries();
    EXPECT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries.at(0).status, 201U);
    EXPECT_TRUE(entries.at(0).committed_at);
    EXPECT_FALSE(entries.at(0).responded_at);
    EXPECT_EQ(mock->count_by_identifier("ServiceRequest", "op-1"), 1U);
  }
};

TEST_F(NarrowMock, ACommitWhoseAnswerWasLostIsCommittedAndNotResponded) {
  options o = default_options();
  o.open = true;
  run(&NarrowMock::reset_before_the_answer, std::move(o));
}

TEST(MockRuns, TheSameSeedGivesTheSameBytes) {
  struct recorder : mock_fixture {
    void TestBody() override {}
    std::string seen;
    runtime::task<> visit() {
      co_await log_in();
      seen += token;
      for (const auto& one : mock->patients()) {
        http::request r = fhir("GET", "/Observation?category=laboratory&_count=3&patient=" + one.patient);
        const http::response got = co_await send(std::move(r));
        seen += got.body.substr(0, got.body.find(":500"));
        http::request create = fhir("POST", "/ServiceRequest", order("op"));
        const http::response made = co_await send(std::move(create));
        seen += made.fields.get("Location");
      }
    }
    std::string record(std::uint64_t seed) {
      options o = default_options();
      o.seed = seed;
      run(&recorder::visit, std::move(o));
      return seen;
    }
  };
  const auto record = [](std::uint64_t seed) {
    recorder one;
    return one.record(seed);
  };
  EXPECT_EQ(record(7), record(7));
  EXPECT_NE(record(7), record(8));
}

}  // namespace
}  // namespace epicenter::mock::test
