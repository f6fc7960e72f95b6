// Searches of profile strict against replies captured from Epic's sandbox. Resources are compared where the
// mock has the captured patient; the Bundle around them, its links and its outcome always.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

constexpr std::string_view derrick = "eq081-VQEgP8drUUqCWzHfw3";
constexpr std::string_view epic_base = "https://fhir.epic.com/interconnect-fhir-oauth/api/FHIR/R4";
constexpr std::string_view own_base = "http://ehr.example:8080/interconnect-fhir-oauth/api/FHIR/R4";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::optional<std::filesystem::path> captures() {
  for (const std::string_view beside : {"/../shared", "/../../shared"}) {
    std::filesystem::path path =
        std::string(EPICENTER_SOURCE_DIR) + std::string(beside) + "/data/epic-captures";
    if (std::filesystem::exists(path)) return path;
  }
  return std::nullopt;
}

json::value read_json(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  auto parsed = json::parse(text.str());
  return parsed ? std::move(*parsed) : json::value();
}

std::vector<std::string> keys(const json::value& of) {
  std::vector<std::string> names;
  if (const json::object* object = of.if_object())
    for (const auto& one : *object) names.push_back(one.first.view());
  return names;
}

/// Each issue as text, but for 4101: whether anything is found is a matter of the chart.
std::vector<std::string> issues_of(const json::value& bundle) {
  std::vector<std::string> issues;
  const json::value* entries = bundle.find("entry");
  for (const json::value& entry : entries ? *entries->if_array() : json::array()) {
    if (entry.string_at("search.mode") != "outcome") continue;
    EXPECT_TRUE(entry.string_at("fullUrl").starts_with("urn:uuid:"));
    for (const json::value& one : *entry.at_path("resource.issue")->if_array())
      if (one.string_at("details.coding.0.code") != "4101") issues.push_back(json::write(one));
  }
  return issues;
}

class EpicCapture : public fhir_fixture {
 protected:
  EpicCapture() : fhir_fixture(false) {}

  std::string patient() {
    return engine.store().has_patient(derrick) ? std::string(derrick) : key(0).patient;
  }

  void compare_bundles(const json::value& theirs, const json::value& ours, const std::string& of) {
    auto our_keys = keys(ours);
    auto their_keys = keys(theirs);
    std::erase(our_keys, "entry");
    std::erase(their_keys, "entry");
    EXPECT_EQ(our_keys, their_keys) << of;
    EXPECT_EQ(json::write(*ours.find("link")),
              replaced(replaced(json::write(*theirs.find("link")), epic_base, own_base), derrick, patient()))
        << of;
    EXPECT_EQ(issues_of(ours), issues_of(theirs)) << of;
    EXPECT_EQ(ours.find("total")->to_int64(), static_cast<std::int64_t>(matches(ours).size())) << of;
    if (!matches(ours).empty() && !matches(theirs).empty()) {
      EXPECT_EQ(keys(*ours.at_path("entry.0")), keys(*theirs.at_path("entry.0"))) << of;
    }
    if (patient() == derrick) {
      EXPECT_EQ(matches(ours), matches(theirs)) << of;
    }
  }
};

TEST_F(EpicCapture, SearchesAnswerAsCaptured) {
  const auto folder = captures();
  if (!folder) GTEST_SKIP() << "no captures beside the checkout";
  std::size_t compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(*folder)) {
    if (file.path().extension() != ".json") continue;
    const json::value captured = read_json(file.path());
    if (captured.string_at("body.resourceType") != "Bundle") continue;
    const std::string url(captured.string_at("_request.url"));
    const std::string path = replaced(url.substr(epic_base.size()), derrick, patient());
    const auto status = static_cast<unsigned>(captured.at_path("_request.status")->to_int64().value());
    compare_bundles(*captured.find("body"), get_json(path, status), path);
    ++compared;
  }
  EXPECT_GE(compared, 4U);
}

TEST_F(EpicCapture, PagesAreLinkedAsCaptured) {
  const auto folder = captures();
  if (!folder) GTEST_SKIP() << "no captures beside the checkout";
  const json::value captured =
      read_json(*folder / "observation-vital-signs-paginated-with-total-2026-05-02.json");
  const std::string kind = patient() == derrick ? "vital-signs" : "laboratory";
  const json::value ours = get_json("/Observation?patient=" + patient() + "&category=" + kind + "&_count=5");
  const json::array& theirs = *captured.at_path("page_count_5.link_relations")->if_array();
  ASSERT_EQ(ours.find("link")->if_array()->size(), theirs.size());
  for (std::size_t i = 0; i < theirs.size(); ++i)
    EXPECT_EQ(ours.string_at(fmt::format("link.{}.relation", i)), theirs[i].string_at("relation"));
  EXPECT_EQ(ours.string_at("link.1.url"),
            replaced(replaced(replaced(std::string(theirs[1].string_at("url")), epic_base, own_base), derrick,
                              patient()),
                     "vital-signs", kind));
  EXPECT_EQ(ours.find("total")->to_int64().value(),
            captured.at_path("page_count_5.bundle_total")->to_int64().value());
  EXPECT_EQ(ours.find("entry")->if_array()->size(), 5U) << "no outcome before the last page";
}

/// From further captures of the same source: the diagnostics of the outcome entry, in their order.
TEST_F(EpicCapture, WhatTheClientIsNotAuthorizedForIsTold) {
  struct told {
    std::string query;
    std::vector<std::string> diagnostics;
  };
  const auto client = [](const std::string& what) {
    return "Client not authorized for " + what + ". Search results of this type have not been included.";
  };
  for (const told& one : std::vector<told>{
           {"Condition?category=health-concern",
            {client("Condition - Outside Record Problems"),
             client("Condition - Outside Record Health Concern")}},
           {"Condition?category=problem-list-item", {client("Condition - Outside Record Problems")}},
           {"Observation?category=laboratory", {client("Observation - Outside Record Results")}},
           {"Observation?category=vital-signs", {client("Observation - Outside Record Vital Signs")}},
           {"MedicationRequest?", {client("MedicationRequest - Outside Record")}},
           {"Immunization?", {client("Immunization - Outside Record")}},
           {"DiagnosticReport?category=LAB", {client("DiagnosticReport - Outside Record Results")}},
           {"Procedure?",
            {"User not authorized for Procedure - External Radiotherapy Summary. Search results of this type "
             "have "
             "not been included.",
             client("Procedure - Outside Record")}},
           {"DocumentReference?", {}},
           {"Coverage?", {}}}) {
    const json::value bundle = get_json("/" + one.query + "&patient=" + key(0).patient);
    std::vector<std::string> diagnostics;
    for (const std::string& issue : issues_of(bundle))
      diagnostics.emplace_back(json::parse(issue)->string_at("diagnostics"));
    EXPECT_EQ(diagnostics, one.diagnostics) << one.query;
    if (matches(bundle).empty()) {
      const json::array& entries = *bundle.find("entry")->if_array();
      ASSERT_EQ(entries.size(), 1U) << one.query;
      EXPECT_EQ(entries[0]
                    .find("resource")
                    ->string_at(fmt::format("issue.{}.details.coding.0.code", one.diagnostics.size())),
                "4101");
    }
  }
}

/// Diagnostics that clients of Epic report.
TEST_F(EpicCapture, EachTypeRefusesInItsOwnWords) {
  const std::string patient = key(0).patient;
  struct refused {
    std::string query;
    unsigned status;
    std::string issue, diagnostics;
  };
  for (const refused& one : std::vector<refused>{
           {"Observation?patient=" + patient, 400, "required", "Must have either code or category."},
           {"Medication?code=1", 400, "business-rule", "Only an _ID search is allowed."},
           {"Organization", 400, "business-rule", "Only an _ID search is allowed."},
           {"Practitioner?given=A", 400, "required",
            "Either name, family, or identifier is a required parameter."},
           {"PractitionerRole?role=a|b", 400, "required",
            "An identifier, practitioner, organization, location, or specialty parameter is required."},
           {"CarePlan?patient=" + patient, 400, "business-rule",
            "This resource requires a category for searching. Use 38717003 for longitudinal, 734163000 for "
            "encounter, "
            "736271009 for outpatient, 736353004 for inpatient, 738906000 for dental, 736378000 for "
            "oncology"},
           {"Procedure", 400, "required", "A patient is required."},
           {"AllergyIntolerance", 403, "processing", "A patient is required."},
           {"Immunization?status=completed", 400, "business-rule",
            "This resource requires a patient for searching."}}) {
    const json::value got = get_json("/" + one.query, one.status);
    EXPECT_EQ(got.string_at("issue.0.code"), one.issue) << one.query;
    EXPECT_EQ(got.string_at("issue.0.diagnostics"), one.diagnostics) << one.query;
  }
}

TEST_F(EpicCapture, AnIdGoesWithCountAndInclusionsAndNothingElse) {
  const auto chart = engine.store().hospital().chart(0);
  const std::string condition = [&] {
    for (const data::generated& one : chart)
      if (one.type == fhir::type_id::condition) return one.id;
    return std::string();
  }();
  ASSERT_FALSE(condition.empty());
  EXPECT_EQ(count("/Condition?_id=" + condition + "&category=nonsense&patient=nobody&_count=1"), 1U);
  EXPECT_EQ(count("/Condition?_id=" + condition + ",nobody"), 1U);
  const json::value with = get_json("/Condition?_id=" + condition + "&_include=Condition:subject");
  EXPECT_EQ(with.string_at("entry.1.search.mode"), "include");
  EXPECT_EQ(with.string_at("entry.1.resource.id"), key(0).patient);
  EXPECT_EQ(with.find("total")->to_int64(), 1);
}

}  // namespace
}  // namespace epicenter::mock::test
