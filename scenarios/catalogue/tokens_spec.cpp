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

SCENARIO("2: a token runs out between two pages") {
  GIVEN("an integration, and a site that answers in pages of five") {
    bad_day day;
    day.pages_of(5);
    REQUIRE(day.labs().ok());
    const auto whole = day.labs();
    WHEN("Epic forgets the token before the third page") {
      day.fault("error", R"({"status": 401})", nth_of("GET", "/**/R4/Observation", 3));
      const auto answer = day.labs();
      THEN("the same page is asked for again with a fresh token, and nothing is missing or twice") {
        REQUIRE(answer.ok());
        CHECK(answer->observations.resources.size() == whole->observations.resources.size());
        CHECK(day.requests("POST", "oauth2/token") == 2);
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

SCENARIO("5: Epic verifies with keys of yesterday") {
  GIVEN("an integration with a token, and Epic going by older keys from now on") {
    bad_day day;
    REQUIRE(day.labs().ok());
    const auto stale = day.lever("jwks_stale");
    WHEN("the token runs out") {
      day.lever("token_expiry");
      const auto before = day.requests("POST", "oauth2/token");
      for (int i = 0; i != 60; ++i) {
        CHECK_FALSE(day.labs().ok());
        day.pass(1s);
      }
      THEN("the endpoint is asked ever more seldom, and all is well once Epic has the keys") {
        CHECK(day.requests("POST", "oauth2/token") <= before + 12);
        CHECK_FALSE(day.told<token_refresh_failed>().empty());
        day.end(stale);
        day.pass(10min);
        CHECK(day.labs().ok());
      }
    }
  }
}

SCENARIO("7: Epic does not know a new client yet") {
  GIVEN("a client that was registered a moment ago, and a site that takes half an hour to hear of it") {
    mock::client_registration late;
    day_options wanted;
    wanted.epic = [&late](mock::options& o) { late = std::exchange(o.clients.front(), {"another-client"}); };
    bad_day day(std::move(wanted));
    WHEN("the integration is used meanwhile") {
      for (int i = 0; i != 30; ++i) {
        CHECK_FALSE(day.labs().ok());
        day.pass(1min);
      }
      const auto asked = day.requests("POST", "oauth2/token");
      day.epic().register_client(late);
      THEN("it asks a few times an hour's half, and works once it is known") {
        CHECK(asked <= 70);
        day.pass(10min);
        CHECK(day.labs().ok());
      }
    }
  }
}

SCENARIO("8: the clocks differ") {
  for (const char* direction : {"ahead", "behind"}) {
    GIVEN("Epic's clock ten minutes " << direction) {
      bad_day day;
      day.lever("clock_skew", std::string(R"({"by": "10m", "direction": ")") + direction + R"("})");
      WHEN("a token is asked for") {
        const auto first = day.labs();
        day.pass(2min);
        const auto later = day.labs();
        THEN("the Date of the refusal tells the offset, and the assertion is made by Epic's clock") {
          CHECK((first.ok() || later.ok()));
          CHECK(later.ok());
        }
      }
    }
  }
}

SCENARIO("9: an assertion is never sent twice") {
  GIVEN("an integration whose token requests fail at the gateway behind which Epic has seen them") {
    bad_day day;
    day.fault("error", R"({"status": 503, "committed": true})", on("POST", tokens, 2));
    WHEN("it asks for a token") {
      const auto answer = day.labs();
      day.pass(1min);
      const auto later = day.labs();
      THEN("each try has an assertion of its own: Epic finds no jti that it knows") {
        CHECK((answer.ok() || later.ok()));
        for (const auto& entry : day.epic().journal().entries())
          CHECK(entry.rule.find("jti") == std::string::npos);
      }
    }
  }
}

SCENARIO("10: no background user is mapped to the client") {
  GIVEN("a hospital that has forgotten it") {
    day_options wanted;
    wanted.epic = [](mock::options& o) { o.clients.front().background_user = false; };
    bad_day day(std::move(wanted));
    WHEN("the integration asks") {
      for (int i = 0; i != 30; ++i) {
        CHECK_FALSE(day.labs().ok());
        day.pass(1s);
      }
      THEN("it is a fault of the configuration: said so, and not hammered") {
        const auto why = day.told<token_refresh_failed>();
        REQUIRE_FALSE(why.empty());
        CHECK(why.front().why.find("unauthorized_client") != std::string::npos);
        CHECK(day.requests("POST", "oauth2/token") <= 8);
      }
    }
  }
}

SCENARIO("11: a scope is taken away") {
  GIVEN("an integration that reads allergies") {
    bad_day day;
    REQUIRE(day.context().ok());
    WHEN("the client may no longer") {
      day.lever("scope_loss", R"({"scope": "system/AllergyIntolerance.read"})");
      day.pass(16min);
      const auto answer = day.context();
      THEN("nobody is told that there are no allergies") {
        CHECK_FALSE(answer.ok());
        CHECK(answer.code() == epic::errc::rejected);
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::catalogue
