// Batches and transactions: profile orders.
#include <set>

#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

class Bundles : public fhir_fixture {
 protected:
  json::value send(std::string_view type, std::string_view entries, unsigned status = 200) {
    const fhir::answer got = send_whole(type, entries);
    EXPECT_EQ(got.response.status, status) << got.response.body;
    return json::parse(got.response.body).value_or(json::value());
  }
  fhir::answer send_whole(std::string_view type, std::string_view entries) {
    return post("/", fmt::format(R"({{"resourceType":"Bundle","type":"{}","entry":[{}]}})", type, entries));
  }
  static std::string entry(std::string_view method, std::string_view url, std::string_view resource = {},
                           std::string_view extra = {}, std::string_view full_url = {}) {
    std::string made = "{";
    if (!full_url.empty()) made += fmt::format(R"("fullUrl":"{}",)", full_url);
    if (!resource.empty()) made += fmt::format(R"("resource":{},)", resource);
    return made + fmt::format(R"("request":{{"method":"{}","url":"{}"{}}}}})", method, url, extra);
  }
  static std::string person(std::string_view identifier, std::string_view id = {}) {
    const std::string who = id.empty() ? "" : fmt::format(R"("id":"{}",)", id);
    return fmt::format(R"({{"resourceType":"Patient",{}"identifier":[{{"system":"urn:x","value":"{}"}}]}})",
                       who, identifier);
  }
  static std::string order(std::string_view subject) {
    return fmt::format(R"({{"resourceType":"ServiceRequest","status":"active","intent":"order",)"
                       R"("code":{{"text":"x"}},"subject":{{"reference":"{}"}}}})",
                       subject);
  }
  static std::string status(const json::value& bundle, std::size_t i) {
    return std::string(bundle.string_at(fmt::format("entry.{}.response.status", i)));
  }
};

constexpr std::string_view uuid = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a";

TEST_F(Bundles, EntriesOfABatchStandAlone) {
  const fhir::answer got = send_whole(
      "batch", entry("POST", "Patient", person("b-1")) + "," +
                   entry("POST", "Patient", R"({"resourceType":"Patient","gender":"x"})") + "," +
                   entry("GET", "Patient/" + key(0).patient) + "," + entry("GET", "Patient/nobody") + "," +
                   entry("GET", "Patient?identifier=urn:x|b-1") + "," +
                   entry("PUT", "Patient/b2", person("b-2", "b2")) + "," + entry("DELETE", "Patient/b2") +
                   "," + entry("POST", "Patient"));
  const json::value bundle = json::parse(got.response.body).value();
  EXPECT_EQ(bundle.string_at("type"), "batch-response");
  EXPECT_EQ(status(bundle, 0), "201 Created");
  EXPECT_TRUE(bundle.string_at("entry.0.response.location").ends_with("/_history/1"));
  EXPECT_EQ(bundle.string_at("entry.0.response.etag"), "W/\"1\"");
  EXPECT_EQ(bundle.string_at("entry.0.response.lastModified"), "2026-01-05T00:00:00Z");
  EXPECT_EQ(status(bundle, 1), "400 Bad Request");
  EXPECT_EQ(bundle.string_at("entry.1.response.outcome.resourceType"), "OperationOutcome");
  EXPECT_EQ(bundle.string_at("entry.2.resource.id"), key(0).patient);
  EXPECT_EQ(status(bundle, 3), "404 Not Found");
  EXPECT_EQ(bundle.string_at("entry.4.resource.type"), "searchset");
  EXPECT_EQ(status(bundle, 5), "201 Created");
  EXPECT_EQ(status(bundle, 6), "204 No Content");
  EXPECT_EQ(status(bundle, 7), "400 Bad Request");
  EXPECT_EQ(got.filed.size(), 3U);
}

TEST_F(Bundles, ATransactionNamesWhatItCreates) {
  const json::value made = send("transaction",
                                entry("POST", "ServiceRequest", order(uuid)) + "," +
                                    entry("POST", "Patient", person("t-1"), "", uuid) + "," +
                                    entry("POST", "ServiceRequest", order("Patient?identifier=urn:x|none")),
                                412);
  EXPECT_EQ(count("/Patient?identifier=t-1"), 0U);
  const json::value whole = send("transaction", entry("POST", "ServiceRequest", order(uuid)) + "," +
                                                    entry("POST", "Patient", person("t-1"), "", uuid));
  const std::string patient(whole.string_at("entry.1.response.location"));
  const std::size_t at = patient.find("/Patient/") + 1;
  const std::string name = patient.substr(at, patient.find("/_history") - at);
  EXPECT_EQ(count("/ServiceRequest?subject=" + name), 1U);
  send("transaction", entry("POST", "ServiceRequest", order("Patient?identifier=urn:x|t-1")));
  EXPECT_EQ(count("/ServiceRequest?subject=" + name), 2U);
}

TEST_F(Bundles, ConditionsHoldInATransaction) {
  const std::string exists = R"(,"ifNoneExist":"identifier=urn:x|c-1")";
  const std::string both = entry("POST", "Patient", person("c-1"), exists, uuid) + "," +
                           entry("POST", "ServiceRequest", order(uuid));
  EXPECT_EQ(status(send("transaction", both), 0), "201 Created");
  EXPECT_EQ(status(send("transaction", both), 0), "200 OK");
  EXPECT_EQ(count("/Patient?identifier=c-1"), 1U);
  EXPECT_EQ(count("/ServiceRequest?subject:Patient.identifier=urn:x|c-1"), 2U);
  send("transaction", entry("PUT", "Patient/c2", person("c-2", "c2")));
  send("transaction", entry("PUT", "Patient/c2", person("c-2", "c2"), R"(,"ifMatch":"W/\"7\"")"), 412);
  send("transaction", entry("PUT", "Patient/c2", person("c-2", "c2"), R"(,"ifMatch":"W/\"1\"")"));
  EXPECT_EQ(status(send("batch", entry("GET", "Patient/c2", "", R"(,"ifNoneMatch":"W/\"2\"")")), 0),
            "304 Not Modified");
  const std::string patch = R"({"resourceType":"Binary","contentType":"application/json-patch+json",)"
                            R"("data":"W3sib3AiOiJhZGQiLCJwYXRoIjoiL2FjdGl2ZSIsInZhbHVlIjp0cnVlfV0="})";
  EXPECT_EQ(status(send("transaction", entry("PATCH", "Patient/c2", patch)), 0), "200 OK");
  EXPECT_EQ(get_json("/Patient/c2").find("active")->if_bool() != nullptr, true);
}

TEST_F(Bundles, WhatIsNoBundleIsRefused) {
  send("searchset", "", 400);
  send("transaction", "{}", 400);
  send("transaction", entry("POST", ""), 400);
  send("transaction", entry("PUT", "Patient/x", person("1", "x")) + "," + entry("DELETE", "Patient/x"), 400);
  EXPECT_EQ(post("/", "[").response.status, 400U);
  EXPECT_EQ(post("/", R"({"resourceType":"Patient"})").response.status, 400U);
  std::string many = entry("GET", "Patient/x");
  for (int i = 0; i < 2'000; ++i) many += "," + entry("GET", "Patient/x");
  send("batch", many, 413);
  EXPECT_EQ(status(send("batch", entry("POST", "/", R"({"resourceType":"Bundle","type":"batch"})")), 0),
            "400 Bad Request");
}

/// All that can be seen of a server: every current resource and every version.
std::string everything(fhir::engine& e) {
  std::string all;
  e.store().visit([&](const fhir::resource_ptr& one) {
    all += one->text() + std::to_string(one->version()) + "\n";
    return true;
  });
  for (const fhir::resource_ptr& one : e.store().changes())
    all += one->text() + std::to_string(one->version()) + "\n";
  for (const std::string_view value : {"1", "2", "3", "4"})
    all += std::to_string(e.store().by_identifier(fhir::type_id::patient, value).size());
  return all;
}

TEST_F(Bundles, ATransactionIsDoneWholeOrLeavesNothing) {
  const std::uint64_t seed = 20261125;
  SCOPED_TRACE(fmt::format("seed {}", seed));
  runtime::random_stream random(seed);
  std::size_t failed = 0;
  for (int round = 0; round < 150; ++round) {
    std::string entries;
    std::set<std::string> used;
    for (std::uint64_t i = 0, n = 1 + random.below(6); i < n; ++i) {
      const std::string id =
          random.chance_ppm(300'000) ? key(random.below(4)).patient : fmt::format("p{}", random.below(8));
      if (!used.insert(id).second) continue;
      if (!entries.empty()) entries += ",";
      const std::string body = person(std::to_string(random.below(5)), id);
      switch (random.below(5)) {
        case 0:
          entries += entry("DELETE", "Patient/" + id);
          break;
        case 1:
          entries += entry("POST", "Patient", person(std::to_string(random.below(5))));
          break;
        case 2:
          entries += entry("POST", "ServiceRequest", order("Patient/" + key(random.below(20)).patient));
          break;
        default:
          entries += entry("PUT", "Patient/" + id, body,
                           random.chance_ppm(200'000) ? R"(,"ifMatch":"W/\"1\"")" : "");
      }
    }
    const std::string before = everything(engine);
    const fhir::answer got = send_whole("transaction", entries);
    if (got.response.status == 200) continue;
    ++failed;
    EXPECT_EQ(everything(engine), before) << round;
    EXPECT_TRUE(got.filed.empty());
    const std::string wrecked = entries + (entries.empty() ? "" : ",") + entry("GET", "Patient/nobody");
    send("transaction", wrecked, got.response.status);
  }
  EXPECT_GT(failed, 10U);
  EXPECT_LT(failed, 140U);
}

}  // namespace
}  // namespace epicenter::mock::test
