// Rows 6, 12, 32, 35 and 41 of the failure catalogue: key sets, discovery, and what the FHIR client meets
// (reference: epic, section 3).
#include <catch2/catch.hpp>
#include <epicenter/epic/digest.hpp>
#include <epicenter/fhir/write_client.hpp>
#include <epicenter/http/gzip.hpp>
#include <epicenter/json/parse.hpp>

#include "scenarios/catalogue/bad_day.hpp"

namespace epicenter::catalogue {
namespace {

using epic::errc;

std::string answered(const std::string& request, unsigned status, const std::string& more) {
  return R"({"request": {)" + request + R"(}, "response": {"status": )" + std::to_string(status) + more +
         "}}";
}

std::string names(const http::url& endpoint) {
  return R"(, "headers": {"Content-Type": "application/json"}, "jsonBody": {"token_endpoint": ")" +
         endpoint.to_string() + R"("})";
}

// A client whose keys Epic fetches by URL; what it publishes is served by a stub.
struct published_keys {
  std::string document;

  day_options options() {
    day_options made;
    made.adapter = [this](epic::adapter_options& o) {
      auto keeping = std::make_shared<epic::key_keeping>();
      keeping->open_store = [](runtime::runtime&) { return std::make_unique<forgetful>(); };
      keeping->parts.publish = [this](std::string set) { return publish(std::move(set)); };
      keeping->parts.load_key = [](smart::key_record wanted) { return load(std::move(wanted)); };
      keeping->timing.jwks_url = http::url{o.fhir_base.where, "/keys.json"};
      o.keys = std::move(keeping);
    };
    return made;
  }

  /// From now on Epic goes by the URL.
  static void register_with(bad_day& day) {
    mock::client_registration client;
    client.id = bad_day::client();
    client.jwks_url = day.direct("/keys.json").to_string();
    day.epic().register_client(std::move(client));
  }
  void serve(bad_day& day) const {
    day.stub(answered(R"("method": "GET", "urlPath": "/keys.json")", 200, R"(, "jsonBody": )" + document));
  }

 private:
  class forgetful final : public smart::rotation_store {
   public:
    runtime::task<result<std::optional<smart::rotation_state>>> load() override {
      co_return std::optional<smart::rotation_state>();
    }
    runtime::task<result<>> save(smart::rotation_state) override { co_return result<>(); }
  };
  runtime::task<result<>> publish(std::string set) {
    document = std::move(set);
    co_return result<>();
  }
  static runtime::task<result<smart::private_key>> load(smart::key_record wanted) {
    co_return fail(smart::errc::no_file, wanted.source);
  }
};

SCENARIO("6: the host of our key set is down, or redirects") {
  GIVEN("an integration whose keys Epic fetches by URL, and what Epic sees there") {
    published_keys keys;
    bad_day day(keys.options());
    published_keys::register_with(day);
    const auto why = [&] {
      CHECK_FALSE(day.labs().ok());
      day.pass(15s);
      return day.adapter().access().refusal;
    };
    WHEN("it answers 502") {
      day.stub(answered(R"("method": "GET", "urlPath": "/keys.json")", 502, ""));
      const auto diagnosis = why();
      THEN("the diagnosis is that it cannot be reached, not that the key is wrong") {
        CHECK(diagnosis.cause == smart::refusal_cause::key_set_down);
        CHECK(diagnosis.advice.find("does not answer") != std::string::npos);
        REQUIRE_FALSE(day.told<epic::events::access_warning>().empty());
        CHECK(day.told<epic::events::access_warning>().front().reason == "key_set_down");
        AND_THEN("once it serves our keys all is well, and the diagnosis is gone") {
          keys.serve(day);
          day.pass(30min);
          CHECK(day.labs().ok());
          CHECK(day.adapter().access().refusal.cause == smart::refusal_cause::none);
        }
      }
    }
    WHEN("it redirects, which Epic does not follow") {
      day.stub(answered(R"("method": "GET", "urlPath": "/keys.json")", 302,
                        R"(, "headers": {"Location": "https://elsewhere.example/keys.json"})"));
      THEN("that is the diagnosis") {
        CHECK(why().advice.find("redirects, which Epic does not follow") != std::string::npos);
      }
    }
    WHEN("it serves another client's keys") {
      day.stub(answered(R"("method": "GET", "urlPath": "/keys.json")", 200, R"(, "jsonBody": {"keys": []})"));
      THEN("ours is found not to be published") {
        CHECK(why().cause == smart::refusal_cause::key_not_published);
      }
    }
    WHEN("a new key is to be signed with, and the host serves the old set") {
      keys.serve(day);
      REQUIRE(day.labs().ok());
      const auto before = day.adapter().access().key->active_kid;
      smart::signing_key next{smart::generate_test_key(smart::algorithm::es384).value(), "next.pem", {}};
      const auto rotated = day.await(day.adapter().rotate_key(std::move(next), "admin"));
      THEN("nothing is signed with it: the last good key goes on") {
        CHECK(rotated.code() == smart::errc::rotation_failed);
        CHECK(day.adapter().access().key->active_kid == before);
        day.lever("token_expiry");
        CHECK(day.labs().ok());
      }
    }
  }
}

SCENARIO("12: the site names another token endpoint to whom it does not know") {
  GIVEN("a site whose endpoints differ by client, and an integration that was told none") {
    day_options wanted;
    wanted.adapter = [](epic::adapter_options& o) {
      o.token_url.reset();
      o.reread_site = 1h;
    };
    const std::string path = R"("method": "GET", "urlPathPattern": ".*/.well-known/smart-configuration")";
    wanted.before_start = [path](bad_day& day) {
      day.stub(answered(path, 200, names(day.direct("/everybody/token"))));
      day.stub(
          answered(path + R"(, "headers": {"Epic-Client-ID": {"equalTo": ")" + bad_day::client() + "\"}}",
                   200, names(day.direct(std::string(mock::token_path)))));
    };
    bad_day day(std::move(wanted));
    const auto ours = day.direct(std::string(mock::token_path));
    WHEN("it asks for its first token") {
      const auto answer = day.labs();
      THEN("it says who it is, is told its own, and works") {
        INFO((answer.ok() ? std::string() : answer.got.error().message()));
        CHECK(answer.ok());
        CHECK(day.adapter().access().token_url == ours);
        CHECK(day.requests("POST", "everybody") == 0);
        AND_THEN("an endpoint that moves later is noticed, and not followed") {
          day.stub(answered(path, 200, names(day.direct("/elsewhere/token"))));
          day.pass(2h);
          const auto warned = day.told<epic::events::access_warning>();
          REQUIRE_FALSE(warned.empty());
          CHECK(warned.front().what == "token_endpoint_moved");
          CHECK(day.labs().ok());
          CHECK(day.adapter().access().token_url == ours);
          CHECK(day.requests("POST", "elsewhere") == 0);
        }
      }
    }
  }
}

namespace {

// A page with so many results of the patient, each of some 210 bytes.
std::string page_of(const std::string& patient, int results) {
  std::string page = R"({"resourceType": "Bundle", "type": "searchset", "entry": [)";
  for (int i = 0; i != results; ++i)
    page += std::string(i == 0 ? "" : ",") +
            R"({"search": {"mode": "match"}, "resource": {"resourceType": "Observation", "id": "o)" +
            std::to_string(i) + R"(", "status": "final", "effectiveDateTime": "2026-01-01T00:00:00Z",)" +
            R"("code": {"text": "x"}, "subject": {"reference": "Patient/)" + patient + R"("}}})";
  return page + "]}";
}

// Compressed, as a server sends it to whom it may.
std::string compressed_page(const std::string& page) {
  return R"({"request": {"method": "GET", "urlPathPattern": ".*/Observation"},
      "response": {"status": 200, "headers": {"Content-Type": "application/fhir+json",
        "Content-Encoding": "gzip"}, "base64Body": ")" +
         epic::base64(http::gzip_writer().write(page)) + "\"}}";
}

struct counting_sink final : fhir::entry_sink {
  runtime::task<result<>> take(fhir::bundle_entry) override {
    ++entries;
    co_return result<>();
  }
  int entries = 0;
};

}  // namespace

SCENARIO("32: a bundle of many thousand entries") {
  GIVEN("an integration, and a page of 20,000 results") {
    bad_day day;
    REQUIRE(day.labs().ok());
    day.stub(compressed_page(page_of(day.patient(), 20'000)));
    WHEN("it is read whole") {
      const auto answer = day.labs();
      THEN("every entry is there") {
        REQUIRE(answer.ok());
        CHECK(answer->observations.resources.size() == 20'000);
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
  GIVEN("an integration, and a page of more than 50 MB") {
    constexpr int results = 250'000;
    bad_day day;
    REQUIRE(day.labs().ok());
    const std::string page = page_of(day.patient(), results);
    REQUIRE(page.size() > 50'000'000);
    day.stub(compressed_page(page));
    WHEN("the results are asked for as a whole, again and again") {
      const auto before = day.requests("GET", "Observation");
      for (int i = 0; i != 10; ++i) CHECK(day.labs().code() == errc::too_large);
      THEN("it is never «none», and nothing is asked twice") {
        CHECK(day.requests("GET", "Observation") == before + 10);
        AND_THEN("one large chart shuts nobody off") {
          CHECK(day.told<epic::events::circuit_changed>().empty());
          CHECK(day.await(day.adapter().problems(day.reading())).ok());
        }
      }
    }
    WHEN("they are read as a stream, through the adapter") {
      const auto exchange = day.adapter().exchange("clinician-42");
      fhir::client_options options{
          fhir::request_builder(std::string(mock::fhir_path), fhir::compression::large_answers), {}, {}};
      options.bounds.max_resources = 2 * results;
      fhir::client client(*exchange, std::move(options));
      const fhir::search_query wanted{"Observation", {{"patient", day.patient()}}};
      counting_sink seen;
      const auto answer = day.await(client.search(wanted, day.rt().now() + 10s, seen));
      THEN("every entry passes by") {
        REQUIRE(answer.ok());
        CHECK(answer->complete == fhir::completeness::full);
        CHECK(seen.entries == results);
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
    const auto exchange = day.adapter().exchange("clinician-42");
    fhir::client_options options{fhir::request_builder(std::string(mock::fhir_path)), {}, {}};
    fhir::client reads(*exchange, std::move(options));
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
