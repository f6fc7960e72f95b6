// Rows 37 to 47 and 49 of the failure catalogue: writes and patients (reference: epic, section 3).
#include <catch2/catch.hpp>

#include "scenarios/catalogue/bad_day.hpp"

namespace epicenter::catalogue {
namespace {

using namespace epic::events;
using epic::errc;
using epic::write_state;
using store_state = store::write_state;

constexpr std::string_view orders = "/**/ServiceRequest";

void in_the_end_all_is_accounted_for(bad_day& day) {
  day.heal();
  day.pass(5min);
  for (const auto& line : day.unaccounted()) FAIL_CHECK(line);
}

bool alarmed(const bad_day& day, std::string_view what) {
  for (const auto& one : day.told<safety_alarm>())
    if (one.what == what) return true;
  return false;
}

SCENARIO("37: an order is in Epic twice, though it was sent once") {
  GIVEN("a site that files a lost order again by itself") {
    bad_day day;
    REQUIRE(day.labs().ok());
    day.lever("duplicate_on_replay", "{}", at("POST", orders));
    day.fault("lost_response", "{}", on("POST", orders));
    WHEN("the order's answer is lost") {
      const auto write = day.order();
      in_the_end_all_is_accounted_for(day);
      THEN("it was sent once; what reconciliation finds is told, and two are called a duplicate") {
        REQUIRE(write.ok());
        CHECK(day.requests("POST", "ServiceRequest") == 1);
        const auto row = day.ledger_row(day.last_operation());
        const auto filed = day.filed("ServiceRequest", day.last_operation());
        CHECK(row.state == (filed > 1 ? store_state::duplicate : store_state::written));
        if (filed > 1) CHECK(alarmed(day, "filed_twice"));
      }
    }
  }
}

SCENARIO("38: Epic says that it has this already") {
  GIVEN("a site that refuses what is on file (59141)") {
    bad_day day;
    REQUIRE(day.labs().ok());
    day.lever("duplicate_check");
    WHEN("an allergy is added that is on the chart under our identifier") {
      day.fault("error", R"({"status": 503, "body": "empty", "committed": true})",
                on("POST", "/**/AllergyIntolerance", 1));
      epic::allergy penicillin;
      penicillin.who = day.writing();
      penicillin.substance = {"http://www.nlm.nih.gov/research/umls/rxnorm", "70618", "Penicillin"};
      const auto write = day.await(day.adapter().add_allergy(std::move(penicillin)));
      in_the_end_all_is_accounted_for(day);
      THEN("it is found, and done: once") {
        REQUIRE(write.ok());
        CHECK(day.filed("AllergyIntolerance", day.last_operation()) == 1);
        CHECK(day.ledger_row(day.last_operation()).state == store_state::written);
      }
    }
  }
}

SCENARIO("39: the same write is asked for twice at once") {
  GIVEN("an integration, and two callers with one order") {
    bad_day day;
    REQUIRE(day.labs().ok());
    epic::lab_order order;
    order.who = day.writing();
    order.loinc = "58410-2";
    order.display = "CBC panel - Blood by Automated count";
    WHEN("both are under way together") {
      std::vector<runtime::task<result<epic::write_outcome>>> both;
      both.push_back(day.adapter().order_lab(order));
      both.push_back(day.adapter().order_lab(order));
      const auto answers = day.await_all(std::move(both));
      THEN("one order is filed, and both callers hear of it") {
        CHECK(day.filed("ServiceRequest", day.last_operation()) == 1);
        CHECK(day.requests("POST", "ServiceRequest") == 1);
        for (const auto& one : answers) {
          REQUIRE(one.ok());
          CHECK(one->state == write_state::written);
        }
      }
    }
    WHEN("the second has another content under the same id") {
      REQUIRE(day.await(day.adapter().order_lab(order)).ok());
      order.loinc = "24323-8";
      const auto other = day.await(day.adapter().order_lab(order));
      THEN("it is refused, and nothing is sent") {
        CHECK(other.code() == errc::conflict);
        CHECK(day.requests("POST", "ServiceRequest") == 1);
      }
    }
  }
}

SCENARIO("40: the record is being changed by somebody else") {
  GIVEN("a chart that is locked") {
    bad_day day;
    REQUIRE(day.labs().ok());
    day.lever("etag_conflict", R"({"of": "writes"})");
    WHEN("an order gets 409") {
      const auto write = day.order();
      THEN("it is told, never forced, and accounted for") {
        REQUIRE(write.ok());
        CHECK(write->state != write_state::written);
        in_the_end_all_is_accounted_for(day);
      }
    }
  }
}

SCENARIO("42: Epic files something other than it was sent") {
  GIVEN("an integration, and a site whose record of an order names another test") {
    bad_day day;
    REQUIRE(day.labs().ok());
    day.stub(R"({"request": {"method": "GET", "urlPathPattern": ".*/ServiceRequest/[^/]+"},
      "response": {"status": 200, "headers": {"Content-Type": "application/fhir+json"},
        "jsonBody": {"resourceType": "ServiceRequest", "id": "{{request.pathSegments.[-1]}}", "status": "active",
          "intent": "order", "subject": {"reference": "Patient/)" +
             day.patient() + R"("},
          "code": {"coding": [{"system": "http://loinc.org", "code": "24323-8"}]}}}})");
    WHEN("a clinician orders") {
      const auto write = day.order();
      THEN("the caller and whoever watches are told that it differs, and in what") {
        REQUIRE(write.ok());
        CHECK(write->state == write_state::written);
        CHECK(write->read_back == epic::read_back::altered);
        CHECK_FALSE(write->altered.empty());
        CHECK(alarmed(day, "content_altered"));
      }
    }
  }
}

SCENARIO("43: a search does not find what was just filed") {
  GIVEN("a site whose creates wait in the holding tank") {
    bad_day day;
    REQUIRE(day.labs().ok());
    day.lever("holding_tank");
    day.fault("lost_response", "{}", on("POST", orders));
    WHEN("an order's answer is lost") {
      const auto write = day.order();
      const auto operation = day.last_operation();
      day.pass(5min);
      THEN("that it is not found proves nothing: it is not sent again, and a person is asked") {
        REQUIRE(write.ok());
        CHECK(day.requests("POST", "ServiceRequest") == 1);
        CHECK(day.ledger_row(operation).state == store_state::needs_review);
        AND_THEN("the person finds it, and says so") {
          const auto list = day.await(day.adapter().worklist());
          REQUIRE(list.ok());
          REQUIRE(list->size() == 1);
          const auto settled = day.await(day.adapter().resolve_as_written(
              {operation, list->front().version, "pharmacist-7"}, "ServiceRequest/found"));
          CHECK(settled.ok());
          CHECK(day.ledger_row(operation).state == store_state::written);
        }
      }
    }
  }
}

SCENARIO("44: a patient was merged into another") {
  GIVEN("an integration, and a patient that is no more") {
    bad_day day;
    REQUIRE(day.context().ok());
    day.lever("patient_merged",
              R"({"patient": ")" + day.patient(0) + R"(", "into": ")" + day.patient(1) + R"("})");
    WHEN("the old one is written to") {
      day.pass(6min);
      const auto read = day.context();
      const auto write = day.order();
      THEN("writes stop until somebody confirms it") {
        CHECK((read.ok() || read.code() == errc::patient_merged));
        CHECK(write.code() == errc::patient_merged);
        CHECK(alarmed(day, "patient_merged"));
        CHECK(day.requests("POST", "ServiceRequest") == 0);
        AND_THEN("and go to the new one from then on") {
          const auto confirmed =
              day.await(day.adapter().confirm_merge(day.patient(0), day.patient(1), "registrar-3"));
          REQUIRE(confirmed.ok());
          epic::lab_order order;
          order.who = day.writing(0);
          order.who.encounter = day.encounter(1);
          order.loinc = "58410-2";
          order.display = "CBC panel - Blood by Automated count";
          const auto again = day.await(day.adapter().order_lab(std::move(order)));
          REQUIRE(again.ok());
          CHECK(again->state == write_state::written);
        }
      }
    }
  }
}

SCENARIO("45: the chart is behind glass") {
  GIVEN("an integration, and a patient whose chart is restricted") {
    bad_day day;
    const auto glass = day.lever("break_the_glass", R"({"patient": ")" + day.patient(0) + R"("})");
    WHEN("it is asked for") {
      const auto read = day.context();
      THEN("that is said, asked once, and no token is thrown away for it") {
        CHECK(read.code() == errc::restricted);
        CHECK(day.told<token_invalidated>().empty());
        CHECK(day.told<retry_scheduled>().empty());
        CHECK(day.hits(glass) <= 4);
      }
    }
  }
}

SCENARIO("46: the encounter is closed") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    const auto rule = day.lever("business_rule", R"({"code": "59159", "text": "Encounter is closed."})");
    WHEN("an order goes to it") {
      const auto write = day.order();
      THEN("it is rejected for good, with the reason, and sent once") {
        REQUIRE(write.ok());
        CHECK(write->state == write_state::rejected);
        CHECK(day.hits(rule) == 1);
        in_the_end_all_is_accounted_for(day);
      }
    }
    WHEN("no encounter is given at all") {
      epic::lab_order order;
      order.who = day.writing();
      order.who.encounter.clear();
      order.loinc = "58410-2";
      order.display = "CBC";
      const auto refused = day.await(day.adapter().order_lab(std::move(order)));
      THEN("nothing is sent") {
        CHECK(refused.code() == errc::invalid_argument);
        CHECK(day.requests("POST", "ServiceRequest") == 0);
      }
    }
  }
}

SCENARIO("47: the site lacks a configuration") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    WHEN("a write fails for it (59188)") {
      day.lever("business_rule", R"({"code": "59188", "text": "No single vitals row."})");
      const auto write = day.order();
      THEN("it is the site's matter: said so, and not tried again") {
        REQUIRE(write.ok());
        CHECK(write->state == write_state::rejected);
        REQUIRE(write->why);
        CHECK(write->why->code() == errc::site_misconfigured);
        CHECK(day.requests("POST", "ServiceRequest") == 1);
      }
    }
  }
}

SCENARIO("49: retries do not multiply") {
  GIVEN("an integration, and Epic failing for a minute under load") {
    bad_day day;
    REQUIRE(day.labs().ok());
    const auto failing = day.fault("error", R"({"status": 503})", on("GET", "/**/R4/Observation"));
    WHEN("a hundred callers a second ask") {
      std::uint64_t asked = 0;
      for (int second = 0; second != 10; ++second) {
        std::vector<runtime::task<result<epic::labs>>> all;
        for (int i = 0; i != 20; ++i) all.push_back(day.adapter().latest_labs(day.reading()));
        asked += all.size();
        day.await_all(std::move(all));
        day.pass(1s);
      }
      THEN("Epic sees hardly more calls than there were callers") {
        CHECK(day.hits(failing) <= asked + 40);
      }
    }
    WHEN("an order fails beside it") {
      day.fault("error", R"({"status": 500})", on("POST", orders));
      REQUIRE(day.order().ok());
      THEN("it was sent once") {
        CHECK(day.ledger_row(day.last_operation()).attempts == 1);
        in_the_end_all_is_accounted_for(day);
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::catalogue
