// Rows 6, 12, 32, 35 and 41 of the failure catalogue: what the parts of the client meet by themselves
// (reference: epic, section 3).
#include <catch2/catch.hpp>
#include <epicenter/fhir/write_client.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/smart/discovery.hpp>
#include <epicenter/smart/jwks_probe.hpp>

#include "scenarios/catalogue/bad_day.hpp"

namespace epicenter::catalogue {
namespace {

using epic::errc;

std::string answered(const std::string& request, unsigned status, const std::string& more) {
  return R"({"request": {)" + request + R"(}, "response": {"status": )" + std::to_string(status) + more +
         "}}";
}

SCENARIO("6: the host of our key set is down, or redirects") {
  GIVEN("a client whose keys Epic fetches by URL, and what Epic sees there") {
    bad_day day;
    const auto key = smart::generate_test_key(smart::algorithm::es384).value();
    const auto url = day.direct("/keys.json");
    const auto look = [&] {
      auto probing = smart::probe_jwks(day.fetch(), url, key, day.rt().now() + 5s);
      return day.await(bad_day::as_result(std::move(probing)));
    };
    WHEN("it answers 502") {
      day.stub(answered(R"("method": "GET", "urlPath": "/keys.json")", 502, ""));
      THEN("the diagnosis is that it cannot be reached, not that the key is wrong") {
        CHECK(look()->finding == smart::jwks_finding::unreachable);
      }
    }
    WHEN("it redirects, which Epic does not follow") {
      day.stub(answered(R"("method": "GET", "urlPath": "/keys.json")", 302,
                        R"(, "headers": {"Location": "https://elsewhere.example/keys.json"})"));
      THEN("that is the diagnosis") {
        CHECK(look()->finding == smart::jwks_finding::redirected);
      }
    }
    WHEN("it serves another client's keys") {
      day.stub(answered(R"("method": "GET", "urlPath": "/keys.json")", 200, R"(, "jsonBody": {"keys": []})"));
      THEN("ours is found to be absent") {
        CHECK(look()->finding == smart::jwks_finding::absent);
      }
    }
  }
}

SCENARIO("12: the site names another token endpoint to whom it does not know") {
  GIVEN("a site whose endpoints differ by client") {
    bad_day day;
    const std::string path = R"("method": "GET", "urlPathPattern": ".*/.well-known/smart-configuration")";
    const auto names = [&](const std::string& endpoint) {
      return R"(, "headers": {"Content-Type": "application/json"}, "jsonBody": {"token_endpoint": ")" +
             day.direct(endpoint).to_string() + R"("})";
    };
    day.stub(answered(path, 200, names("/everybody/token")));
    day.stub(answered(path + R"(, "headers": {"Epic-Client-ID": {"equalTo": "our-client"}})", 200,
                      names("/ours/token")));
    WHEN("we discover it") {
      const auto base = day.direct(std::string(mock::fhir_path));
      const auto found = day.await(smart::discover(day.fetch(), base, "our-client", day.rt().now() + 5s));
      THEN("we say who we are, and are told ours") {
        REQUIRE(found.ok());
        CHECK(found->token_url == day.direct("/ours/token"));
        AND_THEN("an endpoint that moves later is noticed, and not followed") {
          smart::token_endpoint_pin pin(found->token_url);
          CHECK_FALSE(pin.compare(day.direct("/everybody/token")));
          CHECK(pin.in_use() == day.direct("/ours/token"));
        }
      }
    }
  }
}

SCENARIO("32: a bundle of many thousand entries") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    std::string entries;
    for (int i = 0; i != 20'000; ++i)
      entries += std::string(i == 0 ? "" : ",") +
                 R"({"search": {"mode": "match"}, "resource": {"resourceType": "Observation", "id": "o)" +
                 std::to_string(i) + R"(", "status": "final", "effectiveDateTime": "2026-01-01T00:00:00Z",)" +
                 R"("code": {"text": "x"}, "subject": {"reference": "Patient/)" + day.patient() + R"("}}})";
    day.stub(R"({"request": {"method": "GET", "urlPathPattern": ".*/Observation"},
      "response": {"status": 200, "headers": {"Content-Type": "application/fhir+json"},
        "jsonBody": {"resourceType": "Bundle", "type": "searchset", "entry": [)" +
             entries + "]}}}");
    WHEN("it is read whole") {
      const auto answer = day.labs();
      THEN("every entry is there, or the caller is told that some are not") {
        REQUIRE(answer.ok());
        const bool whole = answer->observations.resources.size() == 20'000;
        CHECK((whole || answer->observations.partial));
      }
    }
    WHEN("a client allows less") {
      auto home = day.direct("/").where;
      fhir::direct_exchange wire(day.wire(), {home, 100'000, {}});
      fhir::client_options options{fhir::request_builder(std::string(mock::fhir_path)), {}, {}};
      fhir::client client(wire, std::move(options));
      const fhir::search_query wanted{"Observation", {{"patient", day.patient()}}};
      const auto answer = day.await(client.search(wanted, day.rt().now() + 10s));
      THEN("it stops at its bound") {
        CHECK((!answer.ok() || answer->summary.complete == fhir::completeness::partial));
        if (answer.ok()) CHECK(answer->matches.size() < 20'000);
      }
    }
  }
}

SCENARIO("35: the day's allowance of documents is used up") {
  GIVEN("a site that allows three document queries a day") {
    bad_day day;
    day.lever("daily_cap", R"({"limit": 3})");
    for (int i = 0; i != 3; ++i) REQUIRE(day.await(day.adapter().notes(day.reading())).ok());
    WHEN("a fourth is asked for, and a fifth") {
      CHECK(day.await(day.adapter().notes(day.reading())).code() == errc::parked);
      const auto before = day.requests("GET", "DocumentReference");
      CHECK(day.await(day.adapter().notes(day.reading())).code() == errc::parked);
      THEN("Epic is not asked again today, and is tomorrow") {
        CHECK(day.requests("GET", "DocumentReference") == before);
        CHECK_FALSE(day.told<epic::events::quota_parked>().empty());
        day.heal();
        day.pass(25h);
        CHECK(day.await(day.adapter().notes(day.reading())).ok());
      }
    }
  }
}

SCENARIO("41: the site keeps no versions, so that If-Match protects nothing") {
  GIVEN("a document as we read it, and a server that has another by now") {
    bad_day day;
    const std::string there = R"({"resourceType": "DocumentReference", "id": "doc-1", "status": )";
    const auto document = [&](const std::string& status) {
      return json::parse(there + "\"" + status + "\"}").value();
    };
    const std::string get = R"("method": "GET", "urlPathPattern": ".*/DocumentReference/doc-1")";
    const std::string type = R"(, "headers": {"Content-Type": "application/fhir+json"}, "jsonBody": )";
    auto home = day.direct("/").where;
    fhir::direct_exchange wire(day.wire(), {home, 1'000'000, {}});
    fhir::client_options options{fhir::request_builder(std::string(mock::fhir_path)), {}, {}};
    fhir::client reads(wire, std::move(options));
    fhir::write_client writes(reads);
    const auto change = [&] {
      auto changing = writes.change(document("current"), document("superseded"), day.rt().now() + 10s);
      return day.await(bad_day::as_result(std::move(changing)));
    };
    WHEN("somebody changed it in between") {
      day.stub(answered(get, 200, type + there + "\"entered-in-error\"}"));
      const auto answer = change();
      THEN("it is a conflict, and nothing is overwritten") {
        CHECK(answer->write.end == fhir::write_end::conflict);
        CHECK(day.requests("PUT", "DocumentReference") == 0);
      }
    }
    WHEN("the server takes the change, and does not keep it") {
      day.stub(answered(get, 200, type + there + "\"current\"}"));
      day.stub(answered(R"("method": "PUT", "urlPathPattern": ".*/DocumentReference/doc-1")", 200,
                        type + there + "\"superseded\"}"));
      const auto answer = change();
      THEN("reading it back shows what is lost") {
        CHECK(answer->compared);
        CHECK_FALSE(answer->changed.empty());
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::catalogue
