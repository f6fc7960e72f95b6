// Rows 1 to 12 of the failure catalogue: tokens, keys, clients, discovery (reference: epic, section 3).
#include <catch2/catch.hpp>

#include "scenarios/catalogue/bad_day.hpp"

namespace epicenter::catalogue {
namespace {

using namespace epic::events;

SCENARIO("1: all callers find their token expired at once") {
  GIVEN("an integration whose token has run out, and fifty callers") {
    bad_day day;
    REQUIRE(day.labs().ok());
    day.lever("token_expiry");
    WHEN("they all ask together") {
      const auto before = day.requests("POST", "oauth2/token");
      std::vector<runtime::task<result<epic::labs>>> all;
      for (int i = 0; i != 50; ++i) all.push_back(day.adapter().latest_labs(day.reading()));
      const auto answers = day.await_all(std::move(all));
      THEN("one token is fetched for all, and everybody is served") {
        CHECK(day.requests("POST", "oauth2/token") == before + 1);
        for (const auto& one : answers) CHECK(one.ok());
      }
    }
  }
}

SCENARIO("3: a token is revoked while it seems good") {
  GIVEN("an integration with a token") {
    bad_day day;
    REQUIRE(day.labs().ok());
    WHEN("Epic revokes it") {
      day.lever("token_revoke");
      const auto answer = day.labs();
      THEN("that token is dropped, another is fetched once, and the call succeeds") {
        CHECK(answer.ok());
        CHECK(day.told<token_invalidated>().size() == 1);
        CHECK(day.requests("POST", "oauth2/token") == 2);
      }
    }
  }
}

SCENARIO("4: Epic answers 401 whatever token it is shown") {
  GIVEN("an integration") {
    bad_day day;
    const auto wall = day.fault("error", R"({"status": 401})", on("", all_of_fhir));
    WHEN("it asks") {
      const auto answer = day.labs();
      THEN("it tries once more with a fresh token, and then says that it is denied") {
        CHECK(answer.code() == epic::errc::auth_denied);
        CHECK(day.hits(wall) == 2);
        CHECK(day.requests("POST", "oauth2/token") == 2);
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::catalogue
