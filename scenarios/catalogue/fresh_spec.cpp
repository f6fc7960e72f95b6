// Row 48 of the failure catalogue: what is kept of a chart, and what is written to it (reference: epic,
// section 3).
#include <catch2/catch.hpp>

#include "scenarios/catalogue/bad_day.hpp"

namespace epicenter::catalogue {
namespace {

using epic::write_state;

epic::allergy to_penicillin(bad_day& day) {
  epic::allergy made;
  made.who = day.writing();
  made.substance = {"http://www.nlm.nih.gov/research/umls/rxnorm", "70618", "Penicillin"};
  return made;
}

/// What Epic answers to a search for the patient's allergies from now on.
std::string the_only_allergy(const std::string& id, const std::string& patient) {
  return R"({"request": {"method": "GET", "urlPathPattern": ".*/AllergyIntolerance"},
             "response": {"status": 200, "headers": {"Content-Type": "application/fhir+json"},
               "jsonBody": {"resourceType": "Bundle", "type": "searchset", "entry": [
                 {"search": {"mode": "match"}, "resource": {"resourceType": "AllergyIntolerance", "id": ")" +
         id + R"(", "patient": {"reference": "Patient/)" + patient + R"("}}}]}}})";
}

bool shows(const epic::section& part, const std::string& name) {
  for (const auto& one : part.resources)
    if (std::string(one.string_at("resourceType")) + '/' + std::string(one.string_at("id")) == name)
      return true;
  return false;
}

SCENARIO("48: what is shown is old") {
  GIVEN("an integration that has read a chart") {
    bad_day day;
    REQUIRE(day.context().ok());
    WHEN("it is asked for again within a minute") {
      day.pass(30s);
      const auto again = day.context();
      THEN("the age is told") {
        REQUIRE(again.ok());
        CHECK(again->allergies.from.source == epic::source::cached);
        CHECK(again->allergies.from.age >= 30s);
      }
    }
    WHEN("Epic is away for longer than old data may be shown") {
      day.fault("outage");
      day.pass(16min);
      const auto read = day.context();
      THEN("none is shown") {
        CHECK_FALSE(read.ok());
      }
    }
    WHEN("labs are asked for, which an order may hang on") {
      REQUIRE(day.labs().ok());
      const auto before = day.requests("GET", "Observation");
      REQUIRE(day.labs().ok());
      THEN("they are never served from the cache") {
        CHECK(day.requests("GET", "Observation") > before);
      }
    }
    WHEN("somebody else changes it, and an order is checked against it") {
      day.stub(the_only_allergy("eNew", day.patient()));
      const auto cached = day.await(day.adapter().allergies(day.reading()));
      auto checking = day.reading();
      checking.live = true;
      const auto checked = day.await(day.adapter().allergies(std::move(checking)));
      const auto after = day.await(day.adapter().allergies(day.reading()));
      THEN("the check passes the cache by, and everybody is shown what it has found") {
        REQUIRE(cached.ok());
        CHECK(cached->from.source == epic::source::cached);
        REQUIRE(checked.ok());
        CHECK(checked->from.source == epic::source::live);
        CHECK(shows(*checked, "AllergyIntolerance/eNew"));
        REQUIRE(after.ok());
        CHECK(after->from.source == epic::source::cached);
        CHECK(shows(*after, "AllergyIntolerance/eNew"));
      }
    }
    WHEN("an order is checked while Epic is away") {
      day.fault("outage");
      day.pass(2min);
      auto checking = day.reading();
      checking.live = true;
      const auto checked = day.await(day.adapter().patient_context(std::move(checking)));
      const auto shown = day.context();
      THEN("the check fails, though what is kept may still be shown") {
        CHECK_FALSE(checked.ok());
        REQUIRE(shown.ok());
        CHECK(shown->allergies.from.source == epic::source::stale);
      }
    }
    WHEN("an allergy is filed") {
      const auto write = day.await(day.adapter().add_allergy(to_penicillin(day)));
      REQUIRE(write.ok());
      REQUIRE(write->state == write_state::written);
      THEN("it is shown at once, and the other parts are as fresh as they were") {
        const auto read = day.context();
        REQUIRE(read.ok());
        CHECK(shows(read->allergies, write->resource));
        CHECK(read->problems.from.source == epic::source::cached);
        const auto again = day.context();
        REQUIRE(again.ok());
        CHECK(again->allergies.from.source == epic::source::cached);
        CHECK(shows(again->allergies, write->resource));
      }
      AND_WHEN("Epic is away before anybody has read it") {
        day.fault("outage");
        const auto read = day.await(day.adapter().allergies(day.reading()));
        THEN("the list from before, which lacks it, is not shown") {
          CHECK_FALSE(read.ok());
        }
      }
    }
    WHEN("the answer to a filed allergy is lost, and Epic is away") {
      const auto lost = day.fault("lost_response", "{}", on("POST", "/**/AllergyIntolerance", 1));
      const auto write = day.await(day.adapter().add_allergy(to_penicillin(day)));
      day.end(lost);
      day.fault("outage");
      const auto read = day.await(day.adapter().allergies(day.reading()));
      THEN("no list is shown that may lack it, and one that has it once that is known") {
        REQUIRE(write.ok());
        CHECK_FALSE(read.ok());
        day.heal();
        day.pass(5min);
        const auto known = day.await(day.adapter().allergies(day.reading()));
        REQUIRE(known.ok());
        CHECK(shows(*known, "AllergyIntolerance/" + day.ledger_row(day.last_operation()).resource_id));
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::catalogue
