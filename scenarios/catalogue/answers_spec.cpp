// Rows 26 to 36, and 50, of the failure catalogue: what Epic answers (reference: epic, section 3).
#include <catch2/catch.hpp>
#include <set>

#include "scenarios/catalogue/bad_day.hpp"

namespace epicenter::catalogue {
namespace {

using namespace epic::events;
using epic::errc;
using epic::write_state;

constexpr std::string_view labs = "/**/R4/Observation";

bool has_doubles(const epic::resource_list& list) {
  std::set<std::string> ids;
  for (const auto& one : list)
    if (!ids.insert(std::string(one.string_at("id"))).second) return true;
  return false;
}

SCENARIO("26: 200 with an OperationOutcome that says «error»") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    WHEN("a search brings one, with 200") {
      day.stub(R"({"request": {"method": "GET", "urlPathPattern": ".*/Observation"},
                   "response": {"status": 200, "headers": {"Content-Type": "application/fhir+json"},
                     "jsonBody": {"resourceType": "OperationOutcome",
                                  "issue": [{"severity": "fatal", "code": "exception"}]}}})");
      const auto answer = day.labs();
      THEN("it is an error, and no data") {
        CHECK_FALSE(answer.ok());
      }
    }
  }
}

SCENARIO("27: the entry that says «nothing found» is not something found") {
  GIVEN("Epic's public interface, which tells of no hits by an entry") {
    day_options strict;
    strict.profile = mock::profile::strict;
    bad_day day(std::move(strict));
    WHEN("a patient without labs is asked for") {
      day.stub(R"({"request": {"method": "GET", "urlPathPattern": ".*/Observation"},
        "response": {"status": 200, "headers": {"Content-Type": "application/fhir+json"},
          "jsonBody": {"resourceType": "Bundle", "type": "searchset", "total": 0, "entry": [
            {"fullUrl": "urn:uuid:21aa4acc-d7e6-4d69-91dc-9bc20dd66219", "search": {"mode": "outcome"},
             "resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "warning",
               "code": "processing", "details": {"coding": [
                 {"system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.657369", "code": "4101"}]}}]}}]}}})");
      const auto answer = day.labs();
      THEN("the list is empty, and complete") {
        REQUIRE(answer.ok());
        CHECK(answer->observations.resources.empty());
        CHECK_FALSE(answer->observations.partial);
      }
    }
  }
}

SCENARIO("28: Epic leaves results out, and says so in an entry") {
  GIVEN("an integration") {
    bad_day day;
    for (const char* who : {"client", "user"}) {
      WHEN("the " << who << " may not see some allergies") {
        day.lever("suppressed", std::string(R"({"who": ")") + who + R"(", "of_results": "100%"})");
        const auto answer = day.context();
        THEN("the list is partial: never «none»") {
          REQUIRE(answer.ok());
          CHECK(answer->allergies.partial);
        }
      }
    }
  }
}

SCENARIO("29: the session behind a next link has expired") {
  GIVEN("an integration, and a site that answers in pages of five") {
    bad_day day;
    day.pages_of(5);
    const auto whole = day.labs();
    REQUIRE(whole.ok());
    REQUIRE(whole->observations.resources.size() > 5);
    WHEN("the second page is gone, once") {
      day.lever("page_expiry", "{}", at("GET", "/**", 1));
      const auto answer = day.labs();
      THEN("the search starts again, and nothing is missing or twice") {
        REQUIRE(answer.ok());
        CHECK(answer->observations.resources.size() == whole->observations.resources.size());
        CHECK_FALSE(has_doubles(answer->observations.resources));
      }
    }
    WHEN("it always is") {
      day.lever("page_expiry", "{}", at("GET", "/**"));
      const auto before = day.requests("GET", "Observation");
      const auto answer = day.labs();
      THEN("the search is started again a few times at most") {
        CHECK_FALSE(answer.ok());
        CHECK(day.requests("GET", "Observation") <= before + 12);
      }
    }
  }
}

std::string one_page(const std::string& next) {
  return R"({"request": {"method": "GET", "urlPathPattern": ".*/Observation"},
    "response": {"status": 200, "headers": {"Content-Type": "application/fhir+json"},
      "jsonBody": {"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "next", "url": ")" +
         next + R"("}], "entry": []}}})";
}

SCENARIO("30: a next link leads in a circle, or to a stranger") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    WHEN("each page points at itself") {
      day.stub(one_page("Observation?sessionID=17-1"));
      const auto before = day.requests("GET", "Observation");
      const auto answer = day.labs();
      THEN("it is noticed, and what came is never taken for the whole") {
        CHECK((!answer.ok() || answer->observations.partial));
        CHECK(day.requests("GET", "Observation") <= before + 3);
      }
    }
    WHEN("a page points at another host") {
      day.stub(one_page("https://epic.evil.example/R4/Observation?sessionID=17-1"));
      const auto answer = day.labs();
      THEN("nothing is sent there, least of all a token") {
        CHECK(answer.code() == errc::protocol);
      }
    }
  }
}

SCENARIO("31: a page is empty, and another follows") {
  GIVEN("an integration, and a site that answers in pages of one") {
    bad_day day;
    day.pages_of(5);
    const auto whole = day.labs();
    REQUIRE(whole.ok());
    WHEN("Epic filters after it has cut the pages") {
      day.lever("suppressed", R"({"of_results": "90%"})");
      const auto answer = day.labs();
      THEN("the links are followed to their end") {
        REQUIRE(answer.ok());
        CHECK(answer->observations.partial);
      }
    }
  }
}

std::string page(const std::string& patient, const std::string& ids, const std::string& url,
                 const std::string& next) {
  std::string entries;
  for (const char id : ids)
    entries += std::string(entries.empty() ? "" : ",") +
               R"({"search": {"mode": "match"}, "resource": {"resourceType":
      "Observation", "status": "final", "code": {"text": "x"}, "effectiveDateTime": "2026-01-01T00:00:00Z", "id": ")" +
               id + R"(", "subject": {"reference": "Patient/)" + patient + R"("}}})";
  const std::string link =
      next.empty() ? ""
                   : R"("link": [{"relation": "next", "url": "Observation?sessionID=)" + next + R"("}],)";
  return R"({"request": {"method": "GET", )" + url + R"(},
    "response": {"status": 200, "headers": {"Content-Type": "application/fhir+json"},
      "jsonBody": {"resourceType": "Bundle", "type": "searchset", )" +
         link + R"("entry": [)" + entries + "]}}}";
}

SCENARIO("33: results are filed while pages are turned") {
  GIVEN("an integration, and a result that moves from the first page to the second") {
    bad_day day;
    day.stub(page(day.patient(), "abc", R"("urlPathPattern": ".*/Observation")", "s2"));
    day.stub(page(
        day.patient(), "cd",
        R"("urlPathPattern": ".*/Observation", "queryParameters": {"sessionID": {"equalTo": "s2"}})", ""));
    WHEN("both are read") {
      const auto answer = day.labs();
      THEN("each result is shown once") {
        REQUIRE(answer.ok());
        CHECK(answer->observations.resources.size() == 4);
        CHECK_FALSE(has_doubles(answer->observations.resources));
      }
    }
  }
}

SCENARIO("34: Epic limits the rate") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    for (const char* form : {"seconds", "date"}) {
      WHEN("429 comes, with Retry-After in " << form) {
        day.fault("rate_limit",
                  std::string(R"({"limit": "5/s", "burst": 2, "retry_after": ")") + form + R"("})",
                  on("", all_of_fhir));
        std::vector<runtime::task<result<epic::labs>>> all;
        for (int i = 0; i != 5; ++i) all.push_back(day.adapter().latest_labs(day.reading()));
        const auto answers = day.await_all(std::move(all));
        THEN("it is waited out: everybody is served within the deadline") {
          for (const auto& one : answers) {
            INFO((one.ok() ? std::string() : one.got.error().message()) << " after " << one.took.count());
            CHECK(one.ok());
            CHECK(one.took <= 10s);
          }
        }
      }
    }
    WHEN("the wait that is asked for is absurd") {
      day.fault("error", R"({"status": 429, "retry_after": "7200s"})", on("", all_of_fhir));
      const auto answer = day.labs();
      THEN("the caller hears at once") {
        CHECK_FALSE(answer.ok());
        CHECK(answer.took < 1s);
      }
    }
    WHEN("an order is refused so") {
      day.fault("error", R"({"status": 429, "retry_after": "1s"})", on("POST", "/**/ServiceRequest", 1));
      const auto write = day.order();
      THEN("it was not processed, and is sent again: filed once") {
        REQUIRE(write.ok());
        CHECK(write->state == write_state::written);
        CHECK(day.filed("ServiceRequest", day.last_operation()) == 1);
      }
    }
  }
}

SCENARIO("36: Epic fails inside (500)") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    WHEN("searches always do") {
      const auto fault = day.fault("error", R"({"status": 500})", on("GET", labs));
      const auto answer = day.labs();
      THEN("it is asked three times at most") {
        CHECK_FALSE(answer.ok());
        CHECK(day.hits(fault) <= 3);
      }
    }
    WHEN("an order does") {
      const auto fault = day.fault("error", R"({"status": 500})", on("POST", "/**/ServiceRequest"));
      const auto write = day.order();
      THEN("it is sent once, and what became of it is found out") {
        REQUIRE(write.ok());
        CHECK(day.hits(fault) == 1);
        day.heal();
        day.pass(5min);
        for (const auto& line : day.unaccounted()) FAIL_CHECK(line);
      }
    }
  }
}

SCENARIO("50: one part of Epic is down") {
  GIVEN("an integration with a token") {
    bad_day day;
    REQUIRE(day.context().ok());
    WHEN("tokens cannot be had, and the one at hand is good") {
      day.lever("token_outage");
      THEN("reads go on") {
        CHECK(day.labs().ok());
      }
    }
    WHEN("searches of labs fail, and nothing else") {
      day.fault("error", R"({"status": 503})", on("GET", labs));
      for (int i = 0; i != 40; ++i) {
        CHECK_FALSE(day.labs().ok());
        day.pass(200ms);
      }
      THEN("writes and reads by id are not held up by it") {
        const auto write = day.order();
        REQUIRE(write.ok());
        CHECK(write->state == write_state::written);
        CHECK(day.circuit(resilience::endpoint_class::search) != resilience::breaker_state::closed);
        CHECK(day.circuit(resilience::endpoint_class::write) == resilience::breaker_state::closed);
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::catalogue
