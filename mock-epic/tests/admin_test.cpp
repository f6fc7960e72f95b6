#include "mock-epic/levers/board.hpp"
#include "mock-epic/tests/mock_fixture.hpp"

#include <set>

namespace epicenter::mock::test {
namespace {

class Admin : public mock_fixture {
 public:
  /// Sends and expects the status; the answer's body.
  runtime::task<json::value> ask(std::string method, std::string path, std::string body, unsigned status) {
    http::request r = admin(method, path, body);
    const http::response got = co_await send(std::move(r));
    EXPECT_EQ(got.status, status) << method << " " << path << " " << body << "\n" << got.body;
    if (got.body.empty()) co_return json::value();
    auto parsed = json::parse(got.body);
    EXPECT_TRUE(parsed) << got.body;
    if (!parsed) co_return json::value();
    co_return std::move(*parsed);
  }

  runtime::task<> levers() {
    const json::value made =
        co_await ask("POST", "/epic/token_expiry", R"({"id":"a b","lease_ms":5000})", 201);
    EXPECT_EQ(made.string_at("type"), "token_expiry");
    EXPECT_EQ(made.find("lease_left_ms")->to_int64(), 5000);
    const json::value twice = co_await ask("POST", "/epic/token_expiry", R"({"id":"a b"})", 409);
    EXPECT_EQ(twice.string_at("error"), "exists");
    const json::value type = co_await ask("POST", "/epic/nonsense", R"({"id":"x"})", 404);
    EXPECT_EQ(type.string_at("error"), "unknown_type");
    const json::value extra =
        co_await ask("POST", "/epic/token_expiry", R"({"id":"x","parameters":{"when_in_flight":10}})", 400);
    EXPECT_EQ(extra.string_at("error"), "bad_parameter");
    for (const std::string_view bad :
         {"[]", R"({"id":5})", R"({"id":"x","lease_ms":0})", R"({"id":"x","lease_ms":-1})",
          R"({"id":"x","lease":"5"})", R"({"id":"x","lease":"25h"})",
          R"({"id":"x","lease":"5s","lease_ms":5})", R"({"id":"x","colour":"red"})",
          R"({"id":"","lease":"5s"})", R"({"id":"x","parameters":[]})"}) {
      std::string body(bad);
      co_await ask("POST", "/epic/token_expiry", std::move(body), 400);
    }
    co_await runtime::sleep_for(rt, 4s);
    co_await ask("PUT", "/epic/a%20b/lease", R"({"lease":"3s"})", 204);
    co_await ask("PUT", "/epic/a%20b/lease", "{}", 400);
    co_await runtime::sleep_for(rt, 2s);
    const json::value list = co_await ask("GET", "/epic", "", 200);
    EXPECT_EQ(list.find("levers")->if_array()->size(), 1U);
    const json::value last = co_await ask("DELETE", "/epic/a%20b", "", 200);
    EXPECT_EQ(last.string_at("id"), "a b");
    co_await ask("DELETE", "/epic/a%20b", "", 404);
    co_await ask("POST", "/epic/token_expiry", R"({"id":"c","lease":"1s"})", 201);
    co_await runtime::sleep_for(rt, 1s);
    co_await ask("PUT", "/epic/c/lease", R"({"lease":"3s"})", 404);
    const json::value lapsed = co_await ask("DELETE", "/epic/c", "", 200);
    EXPECT_EQ(lapsed.find("lease_left_ms")->to_int64(), 0);
    co_await ask("DELETE", "/epic/c", "", 404);
    co_await ask("POST", "/epic/token_expiry", R"({"id":"d"})", 201);
    co_await ask("DELETE", "/epic", "", 204);
    const json::value none = co_await ask("GET", "/epic", "", 200);
    EXPECT_TRUE(none.find("levers")->if_array()->empty());
  }

  runtime::task<unsigned> read_a_patient() {
    http::request r = fhir("GET", "/Patient/" + mock->patients().front().patient);
    const http::response got = co_await send(std::move(r));
    co_return got.status;
  }

  runtime::task<> selections() {
    co_await log_in();
    const json::value named = co_await ask(
        "POST", "/epic/maintenance", R"({"lease":"1m","times":2,"match":{"path":"/**/Patient/*"}})", 201);
    EXPECT_EQ(named.string_at("id"), "maintenance-1");
    const unsigned first = co_await read_a_patient();
    const unsigned second = co_await read_a_patient();
    const unsigned third = co_await read_a_patient();
    EXPECT_EQ(first, 503U);
    EXPECT_EQ(second, 503U);
    EXPECT_EQ(third, 200U);
    const json::value status = co_await ask("GET", "/epic/maintenance-1", "", 200);
    EXPECT_EQ(status.find("touched")->to_int64(), 3);
    EXPECT_EQ(status.find("injected")->to_int64(), 2);
    EXPECT_EQ(status.find("skipped")->to_int64(), 1);
    const json::value second_one = co_await ask("POST", "/epic/maintenance", "", 201);
    EXPECT_EQ(second_one.string_at("id"), "maintenance-2");
    const std::uint64_t seen = mock->journal().total();
    co_await ask("DELETE", "/epic", "", 204);
    EXPECT_EQ(mock->journal().total(), seen) << "the journal stays";
    const unsigned after = co_await read_a_patient();
    EXPECT_EQ(after, 200U);
    co_await ask("GET", "/epic/maintenance-1", "", 404);
    for (const std::string_view bad :
         {R"({"match":5})", R"({"match":{"colour":"red"}})", R"({"match":{"method":7}})",
          R"({"match":{"nth":0}})", R"({"match":{"nth":"1"}})", R"({"match":{"operation":"cook"}})",
          R"({"rate":30})", R"({"rate":0})", R"({"rate":true})", R"({"times":0})",
          R"({"times":1,"match":{"first":1}})"}) {
      std::string body(bad);
      const json::value why = co_await ask("POST", "/epic/maintenance", std::move(body), 400);
      EXPECT_EQ(why.string_at("error"), "bad_parameter") << bad;
      EXPECT_FALSE(why.string_at("message").empty()) << bad;
    }
  }

  runtime::task<> catalog() {
    const json::value list = co_await ask("GET", "/epic", "", 200);
    const json::array& types = *list.find("types")->if_array();
    EXPECT_EQ(types.size(), 20U);
    bool found = false;
    for (const json::value& type : types) {
      EXPECT_FALSE(type.string_at("help").empty());
      if (type.string_at("name") != "clock_skew") continue;
      found = true;
      EXPECT_EQ(type.string_at("layer"), "identity");
      EXPECT_EQ(type.string_at("acts"), "until its lease ends");
      EXPECT_EQ(type.string_at("parameters.0.name"), "by");
      EXPECT_EQ(type.string_at("parameters.0.kind"), "duration");
      EXPECT_EQ(type.string_at("parameters.0.minimum"), "1ms");
      EXPECT_EQ(type.string_at("parameters.0.maximum"), "24h");
      EXPECT_EQ(type.string_at("parameters.1.default"), "ahead");
      EXPECT_EQ(type.string_at("parameters.1.choices.1"), "behind");
    }
    EXPECT_TRUE(found);
    co_await runtime::sleep_for(rt, 90s);
    const json::value health = co_await ask("GET", "/health", "", 200);
    EXPECT_EQ(health.string_at("status"), "healthy");
    EXPECT_FALSE(health.string_at("version").empty());
    EXPECT_EQ(health.find("uptimeInSeconds")->to_int64(), 90);
    EXPECT_TRUE(health.string_at("timestamp").ends_with("Z"));
  }

  runtime::task<> bounds() {
    std::string long_id = R"({"id":")" + std::string(129, 'x') + R"("})";
    co_await ask("POST", "/epic/token_expiry", std::move(long_id), 400);
    for (std::size_t i = 0; i < max_levers; ++i) {
      std::string body = fmt::format(R"({{"id":"{}","lease":"1m"}})", i);
      co_await ask("POST", "/epic/token_expiry", std::move(body), 201);
    }
    const json::value full = co_await ask("POST", "/epic/token_expiry", R"({"id":"one more"})", 409);
    EXPECT_EQ(full.string_at("error"), "too_many");
    co_await runtime::sleep_for(rt, 1min);
    co_await ask("POST", "/epic/token_expiry", R"({"id":"one more"})", 201);
  }

  runtime::task<> a_strange_request_id() {
    co_await log_in();
    std::string body = order("op-1");
    http::request r = fhir("POST", "/ServiceRequest", std::move(body));
    r.fields.set("X-Request-Id", "\xff\xfe");
    co_await send(std::move(r));
    // read as JSON by ask(): one client's bytes must not keep the harness from reading the journal
    const json::value page = co_await ask("GET", "/site/journal", "", 200);
    EXPECT_EQ(page.find("entries")->if_array()->size(), 2U);
    EXPECT_EQ(page.find("commits")->if_array()->size(), 1U);
    const json::value beyond = co_await ask("GET", "/site/journal?after=18446744073709551615", "", 200);
    EXPECT_TRUE(beyond.find("entries")->if_array()->empty());
    EXPECT_TRUE(beyond.find("commits")->if_array()->empty());
  }

  runtime::task<> the_journal() {
    co_await log_in();
    for (int i = 0; i < 5; ++i) {
      std::string body = order(fmt::format("op-{}", i));
      http::request r = fhir("POST", "/ServiceRequest", std::move(body));
      co_await send(std::move(r));
    }
    co_await runtime::sleep_for(rt, 1s);
    std::uint64_t after = 0;
    std::size_t entries = 0;
    std::size_t commits = 0;
    for (int pages = 0; pages < 10; ++pages) {
      std::string path = fmt::format("/site/journal?after={}&limit=4", after);
      const json::value page = co_await ask("GET", std::move(path), "", 200);
      const json::array& listed = *page.find("entries")->if_array();
      if (listed.empty()) break;
      EXPECT_LE(listed.size(), 4U);
      entries += listed.size();
      for (const json::value& one : listed) {
        EXPECT_EQ(one.find("seq")->to_int64(), static_cast<std::int64_t>(++after));
        EXPECT_FALSE(one.find("responded_at_ns")->is_null());
      }
      for (const json::value& one : *page.find("commits")->if_array())
        EXPECT_EQ(one.string_at("identifier"), fmt::format("op-{}", commits++));
      EXPECT_EQ(page.find("total")->to_int64(), 6);
    }
    EXPECT_EQ(entries, 6U);
    EXPECT_EQ(commits, 5U);
    co_await ask("GET", "/site/journal?after=x", "", 400);
    co_await ask("GET", "/site/journal?limit=0", "", 400);
    const json::value count =
        co_await ask("GET", "/site/identifiers?type=ServiceRequest&value=op-3", "", 200);
    EXPECT_EQ(count.find("count")->to_int64(), 1);
    co_await ask("GET", "/site/identifiers?type=ServiceRequest", "", 400);
  }

  runtime::task<> resets_and_clients() {
    co_await ask("POST", "/site/reset",
                 R"({"profile":"strict","patients":3,"seed":5,"token_lifetime_ms":60000,"open":true})", 204);
    const json::value health = co_await ask("GET", "/site", "", 200);
    EXPECT_EQ(health.string_at("profile"), "strict");
    EXPECT_EQ(health.find("patients")->to_int64(), 3);
    EXPECT_EQ(health.find("seed")->to_int64(), 5);
    const json::value listed = co_await ask("GET", "/site/patients", "", 200);
    EXPECT_EQ(listed.find("patients")->if_array()->size(), 3U);
    http::request read = fhir("GET", "/Encounter/" + std::string(listed.string_at("patients.2.encounter")));
    const http::response visit = co_await send(std::move(read));
    EXPECT_EQ(visit.status, 200U);
    EXPECT_EQ(json::parse(visit.body)->string_at("subject.reference"),
              "Patient/" + std::string(listed.string_at("patients.2.patient")));
    const json::value phrases = co_await ask("GET", "/site/identifying-phrases", "", 200);
    std::set<std::string> known;
    for (const json::value& one : *phrases.find("phrases")->if_array()) known.insert(*one.if_string());
    http::request who = fhir("GET", "/Patient/" + std::string(listed.string_at("patients.1.patient")));
    const http::response person = co_await send(std::move(who));
    const auto chart = json::parse(person.body);
    for (const std::string_view path :
         {"id", "identifier.0.value", "name.0.text", "birthDate", "telecom.0.value"})
      EXPECT_TRUE(known.contains(std::string(chart->string_at(path)))) << path;
    EXPECT_EQ(known.count(""), 0U);
    co_await log_in();  // clients stay
    for (const std::string_view bad :
         {R"({"profile":"x"})", R"({"patients":0})", R"({"patients":"3"})", R"({"seed":-1})", R"({"open":1})",
          R"({"token_lifetime_ms":0})", R"({"other":1})", "x"}) {
      std::string body(bad);
      co_await ask("POST", "/site/reset", std::move(body), 400);
    }
    const signing_key fresh = signing_key::ec("k1", "P-384");
    json::object keys;
    keys.set("jwks", key_set({fresh.jwk()}));
    std::string body = json::write(keys);
    co_await ask("PUT", "/site/clients/client-1", std::move(body), 204);
    http::request old = token_request();
    const http::response refused = co_await send(std::move(old));
    EXPECT_EQ(refused.body, R"({"error":"invalid_client","error_description":null})");
    EXPECT_EQ(mock->journal().entries().back().rule, "signature");
    co_await ask("PUT", "/site/clients/client-1", R"({"jwks":[]})", 400);
    co_await ask("GET", "/nonsense", "", 404);
    co_await ask("DELETE", "/health", "", 405);
  }
};

TEST_F(Admin, LeversAreAppliedRenewedListedAndRemoved) {
  run(&Admin::levers);
}
TEST_F(Admin, LeversAreHeldToSomeRequests) {
  run(&Admin::selections);
}
TEST_F(Admin, EveryLeverIsListedWithItsParameters) {
  run(&Admin::catalog);
}
TEST_F(Admin, TheJournalIsReadInPages) {
  run(&Admin::the_journal);
}
TEST_F(Admin, levers_are_bounded_in_number_and_name) {
  run(&Admin::bounds);
}
TEST_F(Admin, the_journal_reads_back_whatever_a_client_sent) {
  run(&Admin::a_strange_request_id);
}
TEST_F(Admin, ResetsAndClients) {
  run(&Admin::resets_and_clients);
}

TEST(Journal, EvictsTheOldestEntriesAndKeepsEveryCommit) {
  journal one(2);
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t seq = one.received({});
    commit made;
    made.resource = "ServiceRequest/x";
    one.committed(seq, made, instant{});
  }
  EXPECT_EQ(one.entries().size(), 2U);
  EXPECT_EQ(one.entries().front().seq, 4U);
  EXPECT_EQ(one.evicted(), 3U);
  EXPECT_EQ(one.total(), 5U);
  EXPECT_EQ(one.commits().size(), 5U);
  one.responded(1, instant{});  // evicted: nothing to mark
  one.answered(5, 201, "r");
  EXPECT_FALSE(one.entries().front().responded_at);
  EXPECT_EQ(one.entries().back().status, 201U);
}

}  // namespace
}  // namespace epicenter::mock::test
