// Rows 13 to 25 of the failure catalogue: what happens between us and Epic (reference: epic, section 3).
#include <catch2/catch.hpp>

#include "scenarios/catalogue/bad_day.hpp"

namespace epicenter::catalogue {
namespace {

using namespace epic::events;
using epic::errc;
using epic::write_state;
using store_state = store::write_state;

constexpr std::string_view orders = "/**/ServiceRequest";
constexpr std::string_view labs = "/**/Observation";

/// However it ended at first: reconciliation is given its time, and then every write is accounted for.
void in_the_end_all_is_accounted_for(bad_day& day) {
  day.heal();
  day.pass(5min);
  for (const auto& line : day.unaccounted()) FAIL_CHECK(line);
}

SCENARIO("13: Epic's name does not resolve") {
  GIVEN("an integration whose proxy cannot look Epic up") {
    bad_day day;
    for (const char* mode : {"nxdomain", "timeout"}) {
      WHEN("the look-up ends in " << mode) {
        day.fault("dns", std::string(R"({"mode": ")") + mode + R"("})");
        const auto read = day.labs();
        const auto write = day.order();
        THEN("nothing was sent: the read fails in time, and the write goes back to its caller, closed") {
          CHECK((read.code() == errc::unavailable || read.code() == errc::deadline));
          CHECK(read.took <= 10s);
          CHECK(day.requests("", "FHIR") == 0);
          REQUIRE(write.ok());
          CHECK(write->state == write_state::not_sent);
          AND_THEN("a name that resolves again is used at once") {
            day.heal();
            day.pass(2min);
            CHECK(day.labs().ok());
            in_the_end_all_is_accounted_for(day);
          }
        }
      }
    }
  }
}

SCENARIO("14: Epic's certificate is not to be trusted") {
  GIVEN("an integration that speaks TLS") {
    day_options wanted;
    wanted.tls = true;
    bad_day day(std::move(wanted));
    WHEN("all is well") {
      THEN("it is served") {
        CHECK(day.labs().ok());
      }
    }
    for (const char* flaw : {"expired", "wrong_host", "self_signed", "untrusted", "handshake_abort"}) {
      WHEN("the certificate is " << flaw) {
        day.fault("tls", std::string(R"({"mode": ")") + flaw + R"("})");
        const auto read = day.labs();
        const auto write = day.order();
        THEN("nothing is sent, no weaker way is tried, and the write goes back to its caller") {
          CHECK_FALSE(read.ok());
          REQUIRE(write.ok());
          CHECK(write->state == write_state::not_sent);
          CHECK(day.requests("", "") == 0);
          in_the_end_all_is_accounted_for(day);
        }
      }
    }
  }
}

SCENARIO("15: nobody listens, or nobody answers the connect") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    WHEN("connections are refused") {
      day.fault("outage", R"({"mode": "refuse"})");
      const auto write = day.order();
      THEN("the write was provably never sent, and is closed as such") {
        REQUIRE(write.ok());
        CHECK(write->state == write_state::not_sent);
        CHECK(day.ledger_row(day.last_operation()).state == store_state::not_sent);
        CHECK(day.filed("ServiceRequest", day.last_operation()) == 0);
        in_the_end_all_is_accounted_for(day);
      }
    }
    WHEN("connections are refused for a moment only") {
      const auto fault = day.fault("outage", R"({"mode": "refuse"})");
      std::vector<runtime::task<result<epic::write_outcome>>> asked;
      epic::lab_order order;
      order.who = day.writing();
      order.loinc = "58410-2";
      order.display = "CBC panel - Blood by Automated count";
      asked.push_back(day.adapter().order_lab(std::move(order)));
      runtime::spawn(day.rt(), "mender", day.end_after(fault, 1ms));
      const auto answers = day.await_all(std::move(asked));
      THEN("the write is tried again within its deadline, and filed once") {
        REQUIRE(answers.front().ok());
        CHECK(answers.front()->state == write_state::written);
        CHECK(day.filed("ServiceRequest", day.last_operation()) == 1);
      }
    }
  }
}

SCENARIO("16: the connection is reset before the answer") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    WHEN("a search's connection is reset") {
      day.fault("outage", R"({"mode": "reset"})", on("GET", labs, 1));
      const auto read = day.labs();
      THEN("it is asked again") {
        CHECK(read.ok());
        CHECK(day.told<retry_scheduled>().size() == 1);
      }
    }
    WHEN("a create's is, before Epic saw it") {
      day.fault("outage", R"({"mode": "reset"})", on("POST", orders));
      const auto write = day.order();
      THEN("it is not sent again: nobody knows whether it was filed") {
        REQUIRE(write.ok());
        CHECK(write->state != write_state::written);
        CHECK(day.ledger_row(day.last_operation()).attempts == 1);
        in_the_end_all_is_accounted_for(day);
        CHECK(day.requests("POST", "ServiceRequest") == 0);
        CHECK(day.ledger_row(day.last_operation()).state == store_state::needs_review);
      }
    }
  }
}

SCENARIO("17: an answer breaks off") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    for (const char* end : {"fin", "reset"}) {
      WHEN("a search's body ends early, by a " << end) {
        day.fault("truncate", std::string(R"({"by": ")") + end + R"("})", on("GET", labs, 1));
        const auto read = day.labs();
        THEN("nothing of it is shown, and it is asked again") {
          REQUIRE(read.ok());
          CHECK(day.told<retry_scheduled>().size() == 1);
          CHECK(read->observations.partial == false);
        }
      }
    }
    WHEN("a note's 201 breaks off behind its head") {
      day.fault("cut", R"({"direction": "response", "bytes": 150})", on("POST", "/**/DocumentReference", 1));
      const auto write = day.note();
      THEN("it is not filed again, and found or for a person in the end") {
        REQUIRE(write.ok());
        CHECK(day.filed("DocumentReference", day.last_operation()) == 1);
        in_the_end_all_is_accounted_for(day);
      }
    }
  }
}

SCENARIO("18: an answer comes slowly") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    WHEN("heads take a minute") {
      day.fault("slow_headers", R"({"delay": "60s"})", on("GET", labs));
      const auto read = day.labs();
      THEN("the caller waits no longer than its deadline") {
        CHECK_FALSE(read.ok());
        CHECK(read.took <= 10s);
      }
    }
    WHEN("a body drips, a byte a second") {
      day.fault("slow_body", R"({"rate": "1B/s"})", on("GET", labs));
      const auto read = day.labs();
      THEN("the caller waits no longer than its deadline") {
        CHECK_FALSE(read.ok());
        CHECK(read.took <= 10s);
      }
    }
  }
}

SCENARIO("19: an order is filed, and its answer is lost") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    day.fault("lost_response", "{}", on("POST", orders));
    WHEN("a clinician orders") {
      const auto write = day.order();
      THEN("it is looked for by its identifier, found, and never sent twice") {
        REQUIRE(write.ok());
        in_the_end_all_is_accounted_for(day);
        CHECK(day.ledger_row(day.last_operation()).state == store_state::written);
        CHECK(day.filed("ServiceRequest", day.last_operation()) == 1);
        CHECK(day.requests("POST", "ServiceRequest") == 1);
      }
    }
  }
}

SCENARIO("20: a gateway gives up with 504") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    for (const bool committed : {true, false}) {
      WHEN("an order gets it, and Epic has " << (committed ? "" : "not ") << "filed it") {
        day.fault("error",
                  std::string(R"({"status": 504, "body": "html", "committed": )") +
                      (committed ? "true}" : "false}"),
                  on("POST", orders));
        const auto write = day.order();
        THEN("the outcome is unknown until it is known: no second order, none lost") {
          REQUIRE(write.ok());
          CHECK(day.ledger_row(day.last_operation()).attempts == 1);
          in_the_end_all_is_accounted_for(day);
          const auto row = day.ledger_row(day.last_operation());
          CHECK(row.state == (committed ? store_state::written : store_state::needs_review));
          CHECK(day.filed("ServiceRequest", day.last_operation()) == (committed ? 1U : 0U));
        }
      }
    }
    WHEN("a search gets it once") {
      day.fault("error", R"({"status": 504, "body": "html"})", on("GET", labs, 1));
      THEN("it is asked again") {
        CHECK(day.labs().ok());
        CHECK(day.told<retry_scheduled>().size() == 1);
      }
    }
  }
}

SCENARIO("21: Epic is in maintenance, and says so in HTML") {
  GIVEN("an integration that has read a patient") {
    bad_day day;
    REQUIRE(day.context().ok());
    WHEN("http.sys answers 503 with Retry-After") {
      day.lever("maintenance", R"({"retry_after": "120s"})");
      day.pass(2min);
      const auto read = day.context();
      const auto before = day.requests("GET", "FHIR");
      const auto again = day.labs();
      THEN("what is cached is served and marked, and Epic is left alone for as long as it asked") {
        REQUIRE(read.ok());
        CHECK(read->allergies.from.source == epic::source::stale);
        CHECK_FALSE(again.ok());
        CHECK(day.requests("GET", "FHIR") <= before + 1);
      }
    }
    WHEN("an order meets it") {
      day.lever("maintenance");
      const auto write = day.order();
      THEN("it is accounted for") {
        REQUIRE(write.ok());
        CHECK(write->state != write_state::written);
        in_the_end_all_is_accounted_for(day);
        CHECK(day.filed("ServiceRequest", day.last_operation()) == 0);
      }
    }
  }
}

SCENARIO("22: 200 with a login page") {
  GIVEN("an integration") {
    bad_day day;
    for (const char* type : {"honest", "kept"}) {
      WHEN("a search brings HTML, its Content-Type " << type) {
        day.fault("wrong_type", std::string(R"({"as": "html", "content_type": ")") + type + R"("})",
                  on("GET", labs));
        const auto read = day.labs();
        THEN("it is an error of the protocol, and no data") {
          CHECK(read.code() == errc::protocol);
        }
      }
    }
  }
}

SCENARIO("23: JSON that is none") {
  GIVEN("an integration") {
    bad_day day;
    REQUIRE(day.labs().ok());
    WHEN("a search's is broken once") {
      day.fault("malformed_json", "{}", on("GET", labs, 1));
      THEN("it is asked again, and the second answer counts") {
        CHECK(day.labs().ok());
      }
    }
    WHEN("it always is") {
      const auto fault = day.fault("malformed_json", "{}", on("GET", labs));
      const auto read = day.labs();
      THEN("it is asked at most once more") {
        CHECK(read.code() == errc::protocol);
        CHECK(day.hits(fault) <= 2);
      }
    }
  }
}

SCENARIO("24: XML, though JSON was asked for") {
  GIVEN("an integration") {
    bad_day day;
    WHEN("a search brings XML") {
      day.fault("wrong_type", R"({"as": "xml"})", on("GET", labs));
      THEN("it is refused as no data") {
        CHECK(day.labs().code() == errc::protocol);
      }
    }
    WHEN("requests come without Accept at a site that answers XML then") {
      day_options strict;
      strict.profile = mock::profile::strict;
      bad_day epic(std::move(strict));
      THEN("ours always say what they accept") {
        CHECK(epic.context().ok());
      }
    }
  }
}

SCENARIO("25: IIS does not know the route") {
  GIVEN("an integration") {
    bad_day day;
    WHEN("a search gets an HTML 404") {
      const auto fault = day.fault("error", R"({"status": 404, "body": "html"})", on("GET", labs));
      const auto read = day.labs();
      THEN("it is an error, asked once, and never «no data»") {
        CHECK_FALSE(read.ok());
        CHECK(day.hits(fault) == 1);
        CHECK((read.code() == errc::not_supported || read.code() == errc::rejected));
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::catalogue
