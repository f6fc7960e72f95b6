// Where parts of the mock meet: saved state and new ids, bundles and levers, conditions and deletes.
#include "mock-epic/fhir/state.hpp"
#include "mock-epic/tests/lever_fixture.hpp"

namespace epicenter::mock::test {
namespace {

class Joined : public lever_fixture {
 protected:
  static std::string id_of(const fhir::answer& made) {
    std::string where(made.response.fields.get("Location"));
    where.erase(0, where.find("/ServiceRequest/") + 16);
    return where.substr(0, where.find('/'));
  }
  fhir::answer bundle(std::string_view type, std::string_view entries) {
    return post("", fmt::format(R"({{"resourceType":"Bundle","type":"{}","entry":[{}]}})", type, entries));
  }
};

TEST_F(Joined, WhatIsFiledAfterARestoreHasAnIdOfItsOwn) {
  const std::string first = id_of(post("/ServiceRequest", order("a")));
  const std::string saved = fhir::write_state(site.store());
  server::site other(rt, options_of(true));  // the same seed: its ids would begin as the first one's did
  ASSERT_TRUE(fhir::read_state(saved, other.store()));
  const auto made =
      std::get<server::site::reply>(other.handle(request("POST", "/ServiceRequest", order("b"))));
  ASSERT_EQ(made.answer.response.status, 201U);
  EXPECT_NE(id_of(made.answer), first);
  EXPECT_EQ(other.store().by_identifier(fhir::type_id::service_request, "a").size(), 1U);
  EXPECT_EQ(other.store().by_identifier(fhir::type_id::service_request, "b").size(), 1U);
  server::site third(rt, options_of(true));
  EXPECT_TRUE(fhir::read_state(fhir::write_state(other.store()), third.store()));
}

TEST_F(Joined, ATransactionMayDeleteWhatItsConditionNames) {
  const std::string old = id_of(post("/ServiceRequest", order("a")));
  const fhir::answer done = bundle(
      "transaction",
      fmt::format(
          R"({{"request":{{"method":"DELETE","url":"ServiceRequest/{}"}}}},)"
          R"({{"resource":{},"request":{{"method":"POST","url":"ServiceRequest","ifNoneExist":"identifier=a"}}}})",
          old, order("a")));
  ASSERT_EQ(done.response.status, 200U) << done.response.body;
  const auto now = site.store().by_identifier(fhir::type_id::service_request, "a");
  ASSERT_EQ(now.size(), 1U);
  EXPECT_NE(now[0]->id(), old);
  EXPECT_EQ(now[0]->version(), 1U);
}

TEST_F(Joined, LeversReachTheEntriesOfABundle) {
  const std::string get_one =
      fmt::format(R"({{"request":{{"method":"GET","url":"Patient/{}"}}}})", patient());
  const auto status = [&] {
    const auto parsed = json::parse(bundle("batch", get_one).response.body);
    return std::string(parsed->string_at("entry.0.response.status"));
  };
  EXPECT_EQ(status(), "200 OK");
  pull("scope_loss", R"({"scope":"system/Patient.read"})", 10s);
  EXPECT_EQ(status(), "403 Forbidden");
  pass(10s);
  EXPECT_EQ(status(), "200 OK");
}

TEST_F(Joined, AReplayIsFiledAgainInOrdersWhateverItsConditionSays) {
  http::request once = request("POST", "/ServiceRequest", order("a"));
  once.fields.add("If-None-Exist", "identifier=a");
  EXPECT_EQ(ask(once).response.status, 201U);
  EXPECT_EQ(ask(once).response.status, 200U);
  pull("duplicate_on_replay", "{}", 10s);
  EXPECT_EQ(ask(once).response.status, 201U);
  EXPECT_EQ(site.store().by_identifier(fhir::type_id::service_request, "a").size(), 2U);
}

TEST_F(Joined, AFailedTransactionDoesNotHideWhatIsOnFile) {
  EXPECT_EQ(post("/ServiceRequest", order("a")).response.status, 201U);
  const std::string failing =
      fmt::format(R"({{"resource":{},"request":{{"method":"POST","url":"ServiceRequest"}}}},)"
                  R"({{"request":{{"method":"PUT","url":"ServiceRequest/x"}}}})",
                  order("a"));
  EXPECT_GE(bundle("transaction", failing).response.status, 400U);
  pull("duplicate_check");
  EXPECT_EQ(post("/ServiceRequest", order("a")).response.status, 409U);
}

TEST_F(Joined, ABatchRunsOperationsAndAnswersBinariesAsJson) {
  const std::string entries =
      R"({"resource":{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","name":[{"family":"x"}]}}]},)"
      R"("request":{"method":"POST","url":"Patient/$validate"}},)"
      R"({"request":{"method":"GET","url":"Binary/none"}})";
  http::request r =
      request("POST", "", fmt::format(R"({{"resourceType":"Bundle","type":"batch","entry":[{}]}})", entries));
  r.fields.set("Accept", "*/*");
  const auto parsed = json::parse(ask(r).response.body);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->string_at("entry.0.response.status"), "200 OK");
  EXPECT_EQ(parsed->string_at("entry.0.resource.resourceType"), "OperationOutcome");
  EXPECT_EQ(parsed->string_at("entry.1.response.status"), "404 Not Found");
}

}  // namespace
}  // namespace epicenter::mock::test
