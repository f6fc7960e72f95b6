// The FHIR client over the adapter's exchange: what has no name in the adapter, under the same policies.
#include <epicenter/fhir/bulk_export.hpp>
#include <epicenter/fhir/write_client.hpp>
#include <epicenter/policy/service.hpp>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

fhir::client_options fhir_options() {
  return {fhir::request_builder("/fhir"), {}, {}};
}

http::request request_of(std::string method, std::string target) {
  http::request made;
  made.method = std::move(method);
  made.target = std::move(target);
  made.fields.add("Accept", "application/fhir+json");
  return made;
}

TEST(Exchange, CarriesATokenIsAuditedAndGivesWhateverEpicAnswers) {
  world w;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (!request.target.ends_with("Procedure/x1")) return std::nullopt;
    return refusing(404, "4101");
  };
  w.run([](world& v) -> task<> {
    const auto exchange = v.epic().exchange("clinician-1", patient_id);
    auto message = request_of("GET", "/fhir/Procedure/x1");
    const auto got = co_await exchange->send(std::move(message), v.now() + 10s);
    EXPECT_TRUE(got.has_value());
    EXPECT_EQ(got->status, 404U);
    EXPECT_NE(got->body.find("OperationOutcome"), std::string::npos);
    EXPECT_THAT(v.epic_site.requests.back().authorization, StartsWith("Bearer tok-"));
  });
  int audited = 0;
  w.audit->for_each([&audited](const audit::entry& one) { audited += one.user == "clinician-1" ? 1 : 0; });
  EXPECT_EQ(audited, 2);
}

TEST(Exchange, RepeatsAReadAndRenewsARefusedToken) {
  world w;
  auto failures = std::make_shared<int>(1);
  w.epic_site.refused_tokens.insert("tok-1");
  w.epic_site.script = [failures](const http::request& request) -> std::optional<rule> {
    if (!request.target.ends_with("Patient/e1") || (*failures)-- <= 0) return std::nullopt;
    return refusing(503, "0");
  };
  w.run([](world& v) -> task<> {
    const auto exchange = v.epic().exchange("clinician-1");
    fhir::client client(*exchange, fhir_options());
    fhir::reference whom{"Patient", "e1", {}};
    const auto read = co_await client.read(std::move(whom), v.now() + 20s);
    EXPECT_TRUE(read.has_value());
    EXPECT_EQ(v.epic_site.count("GET", "Patient/e1"), 3U);
    EXPECT_EQ(v.epic_site.tokens_issued, 2U);
  });
}

TEST(Exchange, WhatCouldFileSomethingIsRefusedAndNothingIsSent) {
  world w;
  w.run([](world& v) -> task<> {
    const auto exchange = v.epic().exchange("clinician-1");
    for (const auto& [method, target] :
         {std::pair("POST", "/fhir/ServiceRequest"), std::pair("PUT", "/fhir/Condition?identifier=x"),
          std::pair("DELETE", "/fhir/Condition/c1"), std::pair("PATCH", "/fhir/Condition/c1"),
          std::pair("POST", "/fhir")}) {
      auto message = request_of(method, target);
      const auto got = co_await exchange->send(std::move(message), v.now() + 10s);
      EXPECT_FALSE(got.has_value()) << method << target;
      EXPECT_EQ(got.error().why, make_error_code(errc::not_supported));
      EXPECT_FALSE(got.error().any_byte_sent);
    }
    EXPECT_TRUE(v.epic_site.requests.empty());
  });
}

TEST(Exchange, AnUpdateOverAVersionIsSentOnce) {
  world w;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.method != "PUT") return std::nullopt;
    return refusing(503, "0");
  };
  w.run([](world& v) -> task<> {
    const auto exchange = v.epic().exchange("clinician-1");
    fhir::client reads(*exchange, fhir_options());
    fhir::write_client writes(reads);
    auto resource = resource_of("Condition", "c1", patient_id);
    const auto ended = co_await writes.update(std::move(resource), "7", v.now() + 20s);
    EXPECT_EQ(ended.end, fhir::write_end::unknown);
    EXPECT_EQ(v.epic_site.count("PUT", "Condition/c1"), 1U);
  });
}

task<std::string> source_of_problems(world& w) {
  const auto got = co_await w.epic().problems(w.reading());
  if (!got) co_return "none";
  co_return got->from.source == source::live ? "live" : "kept";
}

task<> update_and_read(world& w, std::string of, std::string expected) {
  (void)co_await w.epic().problems(w.reading());
  const auto exchange = w.epic().exchange("clinician-1");
  fhir::client reads(*exchange, fhir_options());
  fhir::write_client writes(reads);
  auto resource = resource_of("Condition", "c1", of);
  (void)co_await writes.update(std::move(resource), "7", w.now() + 20s);
  EXPECT_EQ(w.epic_site.count("PUT", "Condition/c1"), 1U);
  const std::string from = co_await source_of_problems(w);
  EXPECT_EQ(from, expected) << of;
}

TEST(Exchange, AnUpdateThatMayHaveArrivedMakesThePatientsListsBeReadAgain) {
  for (const auto how : {twist::none, twist::reset}) {
    world w;
    w.epic_site.script = [how](const http::request& request) -> std::optional<rule> {
      if (request.method != "PUT") return std::nullopt;
      if (how == twist::reset) return rule{twist::reset, std::nullopt};
      return rule{twist::none, json_answer(200, resource_of("Condition", "c1", patient_id))};
    };
    w.run([](world& v) { return update_and_read(v, patient_id, "live"); });
  }
  world other;
  other.run([](world& v) { return update_and_read(v, "eAnother", "kept"); });
}

TEST(Exchange, AsksTheFlagsOnEveryCall) {
  world w;
  policy::service_options options;
  options.observer = [](std::span<const policy::policy_change>) { return result<>{}; };
  std::shared_ptr<policy::service> flags = policy::service::open(std::move(options)).value();
  w.options.flags = flags;
  w.run([flags](world& v) -> task<> {
    const auto exchange = v.epic().exchange("clinician-1");
    const policy::change_origin by{"admin-7", "a test", {}};
    EXPECT_TRUE(flags->apply({{"epic_fhir_read_only", policy::set_enabled{false}}}, by));
    auto message = request_of("GET", "/fhir/Patient/e1");
    const auto got = co_await exchange->send(std::move(message), v.now() + 10s);
    EXPECT_FALSE(got.has_value());
    EXPECT_EQ(got.error().why, make_error_code(errc::switched_off));
    EXPECT_TRUE(v.epic_site.requests.empty());
  });
}

TEST(Exchange, SearchesAreReadAsStreams) {
  world w;
  for (int i = 0; i != 30; ++i)
    w.epic_site.content["Condition"].push_back(resource_of("Condition", "c" + std::to_string(i), patient_id));
  w.run([](world& v) -> task<> {
    const auto exchange = v.epic().exchange("clinician-1", patient_id);
    fhir::client client(*exchange, fhir_options());
    fhir::search_query wanted{"Condition", {{"patient", patient_id}}};
    const auto found = co_await client.search(std::move(wanted), v.now() + 20s);
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(found->matches.size(), 30U);
  });
}

struct lines final : fhir::export_sink {
  task<result<>> take(const fhir::export_file& from, json::value resource) override {
    all.push_back(from.type + ' ' + std::string(fhir::id_of(resource)));
    co_return result<>();
  }
  std::vector<std::string> all;
};

http::response with_field(unsigned status, std::string name, std::string value) {
  http::response made;
  made.status = status;
  made.fields.add(std::move(name), std::move(value));
  return made;
}

std::optional<rule> export_site(const http::request& request) {
  const auto path = std::string(request.path());
  if (path.ends_with("/$export"))
    return rule{twist::none, with_field(202, "Content-Location", "http://epic.test/BulkRequest/j1")};
  if (path == "/BulkRequest/j1" && request.method == "DELETE")
    return rule{twist::none, with_field(202, "X-Gone", "yes")};
  if (path == "/BulkRequest/j1") {
    json::object file{{"type", "Patient"}, {"url", "http://epic.test/files/1.ndjson"}};
    json::array output{json::value(std::move(file))};
    return rule{twist::none, json_answer(200, json::object{{"transactionTime", "2026-11-26T00:00:00Z"},
                                                           {"request", "x"},
                                                           {"requiresAccessToken", true},
                                                           {"output", std::move(output)},
                                                           {"error", json::array{}}})};
  }
  if (path != "/files/1.ndjson") return std::nullopt;
  auto file = with_field(200, "Content-Type", "application/fhir+ndjson");
  file.body = R"({"resourceType":"Patient","id":"a"})"
              "\n"
              R"({"resourceType":"Patient","id":"b"})"
              "\n";
  return rule{twist::none, std::move(file)};
}

TEST(Exchange, AnExportRunsInAClassOfItsOwn) {
  world w;
  w.epic_site.script = export_site;
  w.run([](world& v) -> task<> {
    const auto exchange = v.epic().exchange("batch-job");
    fhir::client client(*exchange, fhir_options());
    fhir::bulk_export job(v.rt(), client);
    fhir::export_progress progress;
    lines got;
    const auto done = co_await job.run(progress, "Group/g1", {}, got, v.now() + 1h);
    EXPECT_TRUE(done.has_value()) << done.error().message();
    EXPECT_THAT(got.all, ElementsAre("Patient a", "Patient b"));
    EXPECT_TRUE(progress.removed);
  });
  for (const auto& one : w.told<events::call_started>()) {
    if (one.purpose == call_purpose::operation) {
      EXPECT_EQ(one.endpoint, resilience::endpoint_class::bulk);
    }
  }
}

task<> search_into(world& w, fhir::exchange& exchange, std::optional<std::error_code>& into) {
  fhir::client client(exchange, fhir_options());
  fhir::search_query wanted{"Condition", {{"patient", patient_id}}};
  const auto found = co_await client.search(std::move(wanted), w.now() + 30min);
  into = found ? std::error_code() : found.error().code();
}

TEST(Exchange, EndsWithTheAdapterAndOutlivesIt) {
  world w;
  std::unique_ptr<fhir::exchange> kept;
  std::optional<std::error_code> ended;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.target.find("Condition") == std::string::npos) return std::nullopt;
    return rule{twist::hang, std::nullopt};
  };
  w.run([&kept, &ended](world& v) -> task<> {
    kept = v.epic().exchange("clinician-1");
    runtime::task_group asking(v.rt());
    asking.spawn("search", search_into(v, *kept, ended));
    auto slept = co_await runtime::sleep_for(v.rt(), 1s);
    EXPECT_TRUE(slept.has_value());
    const instant before = v.now();
    co_await v.epic().stop(2s);
    EXPECT_LE(v.now() - before, 3s);
    co_await asking.join();
  });
  EXPECT_TRUE(ended.has_value());
  EXPECT_TRUE(*ended);
  w.events.clear();
  std::optional<std::error_code> late;
  w.run([&kept, &late](world& v) -> task<> { co_await search_into(v, *kept, late); });  // its adapter is gone
  EXPECT_TRUE(late.has_value());
  EXPECT_TRUE(*late);
}

TEST(Exchange, ACallerThatGoesTakesItsRequestWithIt) {
  world w;
  std::optional<std::error_code> ended;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.target.find("Condition") == std::string::npos) return std::nullopt;
    return rule{twist::hang, std::nullopt};
  };
  w.run([&ended](world& v) -> task<> {
    const auto exchange = v.epic().exchange("clinician-1");
    runtime::task_group asking(v.rt());
    asking.spawn("search", search_into(v, *exchange, ended));
    auto slept = co_await runtime::sleep_for(v.rt(), 1s);
    EXPECT_TRUE(slept.has_value());
    asking.cancel();
    co_await asking.join();
    EXPECT_TRUE(ended.has_value());
  });
}

}  // namespace
}  // namespace epicenter::epic::test
