#include "mock-epic/oauth/scope.hpp"

#include <gtest/gtest.h>
#include <epicenter/json/parse.hpp>

#include <fstream>

#include "mock-epic/oauth/scope_book.hpp"
#include "mock-epic/oauth/scope_grant.hpp"

namespace epicenter::mock::oauth {
namespace {

using enum interaction;

TEST(Scope, ReadsAllThreeSpellings) {
  struct row {
    std::string text;
    scope_context context;
    std::string type;
    unsigned allowed;
    scope_spelling spelling;
  };
  using enum scope_context;
  using enum scope_spelling;
  for (const row& one : std::vector<row>{
           {"system/Observation.read", system, "Observation", bit(read) | bit(search), v1},
           {"system/Observation.write", system, "Observation", bit(create) | bit(update) | bit(remove), v1},
           {"user/*.*", user, "*", all_interactions, v1},
           {"patient/*.read", patient, "*", bit(read) | bit(search), v1},
           {"Patient.read", system, "Patient", bit(read), bare},
           {"Patient.search", system, "Patient", bit(search), bare},
           {"Patient.create", system, "Patient", bit(create), bare},
           {"Patient.delete", system, "Patient", bit(remove), bare},
           {"system/Claim.cu", system, "Claim", bit(create) | bit(update), v2},
           {"system/*.cruds", system, "*", all_interactions, v2},
           {"patient/Condition.s", patient, "Condition", bit(search), v2},
           {"user/Patient.d", user, "Patient", bit(remove), v2},
       }) {
    const auto parsed = parse_resource_scope(one.text);
    ASSERT_TRUE(parsed) << one.text;
    EXPECT_EQ(parsed->context, one.context) << one.text;
    EXPECT_EQ(parsed->type, one.type) << one.text;
    EXPECT_EQ(parsed->allowed, one.allowed) << one.text;
    EXPECT_EQ(parsed->spelling, one.spelling) << one.text;
    EXPECT_EQ(write_scope(*parsed), one.text);
  }
}

TEST(Scope, ReadsCategories) {
  const auto full = parse_resource_scope("system/Observation.rs?category=http://x/cs|lab");
  ASSERT_TRUE(full && full->category);
  EXPECT_EQ(full->category->system, "http://x/cs");
  EXPECT_EQ(full->category->code, "lab");
  EXPECT_EQ(parse_resource_scope("system/Observation.r?category=lab")->category->system, std::nullopt);
  EXPECT_EQ(parse_resource_scope("system/Observation.r?category=|lab")->category->system, "");
}

TEST(Scope, RefusesWhatIsNone) {
  for (const std::string& text : {std::string(),
                                  std::string("system"),
                                  std::string("system/"),
                                  std::string("system/Patient"),
                                  std::string("system/Patient."),
                                  std::string("system/.read"),
                                  std::string("system/patient.read"),
                                  std::string("admin/Patient.read"),
                                  std::string("system/Patient.sr"),
                                  std::string("system/Patient.rr"),
                                  std::string("system/Patient.readwrite"),
                                  std::string("*.read"),
                                  std::string("Patient.rs"),
                                  std::string("Patient.*"),
                                  std::string("system/Pat ient.r"),
                                  std::string("system/Patient.r?"),
                                  std::string("system/Patient.r?code=x"),
                                  std::string("system/Patient.r?category="),
                                  std::string("system/Patient.r?category=a|"),
                                  std::string("system/Patient.r?category=a|b|c"),
                                  std::string("system/Patient.r?category=a&status=b"),
                                  std::string("system/Patient.read?category=a"),
                                  "system/Patient.r?category=" + std::string(500, 'x'),
                                  "system/A" + std::string(64, 'a') + ".r"})
    EXPECT_FALSE(parse_resource_scope(text)) << text;
}

TEST(Scope, ListsKeepLaunchScopesAndCountWhatTheyDrop) {
  const scope_list list = parse_scopes("  openid launch/patient openid nonsense system/Patient.rs x/y.z ");
  EXPECT_EQ(list.launch, (std::vector<std::string>{"openid", "launch/patient"}));
  EXPECT_EQ(list.resources.size(), 1U);
  EXPECT_EQ(list.unknown, 2U);
  EXPECT_EQ(write_scopes(list), "openid launch/patient system/Patient.rs");
  std::string many;
  for (int i = 0; i < 1100; ++i) many += "system/Patient.rs ";
  EXPECT_EQ(parse_scopes(many).unknown, 100U);
}

std::string captured_scopes() {
  std::ifstream file(EPICENTER_SOURCE_DIR "/mock-epic/tests/captures/token-scope-response.txt");
  std::string text;
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.starts_with("system/")) text += (text.empty() ? "" : " ") + line;
  }
  return text;
}

TEST(Scope, GrantsWhatEpicWasSeenToGrantInItsOrder) {
  const scope_list& granted = epic_backend_scopes();
  EXPECT_EQ(granted.resources.size(), 151U);
  EXPECT_EQ(granted.unknown, 0U);
  EXPECT_EQ(write_scopes(granted), captured_scopes());
}

TEST(Scope, TheCaptureAllowsWhatItSaysAndNoMore) {
  const scope_set set(epic_backend_scopes());
  EXPECT_TRUE(set.permits("Patient", read) && set.permits("Patient", search) &&
              set.permits("Patient", create));
  EXPECT_FALSE(set.permits("Patient", update) || set.permits("Patient", remove));
  EXPECT_TRUE(set.permits("Claim", create) && set.permits("Claim", update));
  EXPECT_FALSE(set.permits("Claim", read) || set.permits("Endpoint", search));
  EXPECT_FALSE(set.permits("MedicationRequest", create));
  EXPECT_FALSE(set.permits("Nonsense", read) || set.permits("", read) || set.permits("*", read));
  // Condition may be created as a problem alone.
  EXPECT_TRUE(set.depends_on_content("Condition", create));
  EXPECT_FALSE(set.depends_on_content("Condition", read));
  const auto problem = json::parse(
      R"({"category":[{"coding":[{"system":"x","code":"y"}]},{"coding":[{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/condition-category","code":"problem-list-item"}]}]})");
  const auto diagnosis = json::parse(
      R"({"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category",)"
      R"("code":"encounter-diagnosis"}]}]})");
  EXPECT_TRUE(set.permits("Condition", create));
  EXPECT_TRUE(set.permits("Condition", create, &*problem));
  EXPECT_FALSE(set.permits("Condition", create, &*diagnosis));
  EXPECT_TRUE(set.permits("Condition", read, &*diagnosis));
  EXPECT_FALSE(set.limits_to_patient("Patient", read));
}

TEST(Scope, CategoriesMatchBySystemAndCode) {
  const auto with = [](std::string_view category) {
    return json::parse(R"({"category":)" + std::string(category) + "}").value();
  };
  struct row {
    std::string_view scope;
    std::string_view category;
    bool permitted;
  };
  for (const row& one : std::vector<row>{
           {"system/X.r?category=s|c", R"([{"coding":[{"system":"s","code":"c"}]}])", true},
           {"system/X.r?category=s|c", R"({"coding":[{"system":"s","code":"c"}]})", true},
           {"system/X.r?category=s|c", R"([{"coding":[{"system":"t","code":"c"}]}])", false},
           {"system/X.r?category=s|c", R"([{"coding":[{"system":"s","code":"d"}]}])", false},
           {"system/X.r?category=c", R"([{"coding":[{"system":"t","code":"c"}]}])", true},
           {"system/X.r?category=|c", R"([{"coding":[{"code":"c"}]}])", true},
           {"system/X.r?category=|c", R"([{"coding":[{"system":"s","code":"c"}]}])", false},
           {"system/X.r?category=food", R"(["medication","food"])", true},
           {"system/X.r?category=s|food", R"(["food"])", false},
           {"system/X.r?category=c", R"([{"text":"c"}])", false},
       }) {
    const scope_set set(parse_scopes(one.scope));
    const json::value resource = with(one.category);
    EXPECT_EQ(set.permits("X", read, &resource), one.permitted) << one.scope << " " << one.category;
  }
  const json::value bare = json::object{};
  EXPECT_FALSE(scope_set(parse_scopes("system/X.r?category=c")).permits("X", read, &bare));
}

TEST(Scope, OnlyPatientScopesLimitToThePatient) {
  const scope_set set(
      parse_scopes("patient/Observation.rs user/Practitioner.r patient/*.r user/Observation.c"));
  EXPECT_TRUE(set.limits_to_patient("Observation", search));
  EXPECT_FALSE(set.limits_to_patient("Observation", create));
  EXPECT_FALSE(set.limits_to_patient("Practitioner", read));
  EXPECT_TRUE(set.limits_to_patient("Encounter", read));
  EXPECT_FALSE(set.limits_to_patient("Encounter", search));
  EXPECT_TRUE(scope_set(parse_scopes("patient/X.r?category=c")).limits_to_patient("X", read));
  EXPECT_FALSE(
      scope_set(parse_scopes("patient/X.r?category=c user/X.r?category=d")).limits_to_patient("X", read));
  const auto parse = [](std::string_view text) { return json::parse(text).value(); };
  EXPECT_FALSE(is_of_other_patient(parse(R"({"resourceType":"Patient","id":"a"})"), "a"));
  EXPECT_TRUE(is_of_other_patient(parse(R"({"resourceType":"Patient","id":"b"})"), "a"));
  EXPECT_FALSE(is_of_other_patient(parse(R"({"subject":{"reference":"Patient/a"}})"), "a"));
  EXPECT_TRUE(
      is_of_other_patient(parse(R"({"patient":{"reference":"https://h/R4/Patient/b/_history/1"}})"), "a"));
  EXPECT_FALSE(
      is_of_other_patient(parse(R"({"patient":{"reference":"https://h/R4/Patient/a/_history/1"}})"), "a"));
  EXPECT_FALSE(is_of_other_patient(parse(R"({"subject":{"reference":"NotPatient/b"}})"), "a"));
  EXPECT_FALSE(is_of_other_patient(parse(R"({"resourceType":"Practitioner","id":"p"})"), "a"));
}

TEST(Scope, NarrowsToWhatBothSay) {
  struct row {
    std::string_view asked;
    std::string_view allowed;
    std::string_view granted;
  };
  for (const row& one : std::vector<row>{
           {"system/Patient.rs", "system/*.cruds", "system/Patient.rs"},
           {"system/Patient.read", "system/*.cruds", "system/Patient.read"},
           {"system/Patient.*", "system/Patient.rs", "system/Patient.read"},
           {"system/Patient.cruds", "system/Patient.r system/Patient.s", "system/Patient.rs"},
           {"system/Patient.read", "system/Patient.r system/Patient.s", "system/Patient.read"},
           {"system/*.read", "system/Patient.rs system/Claim.cu", "system/Patient.read"},
           {"system/*.rs", "system/*.r", "system/*.r"},
           {"Patient.read Patient.search", "system/*.cruds", "Patient.read Patient.search"},
           {"user/Patient.rs", "system/*.cruds", ""},
           {"system/X.rs?category=a|b", "system/X.r", "system/X.r?category=a|b"},
           {"system/X.rs", "system/X.r?category=a|b", "system/X.r?category=a|b"},
           {"system/X.r?category=a|b", "system/X.r?category=a|c", ""},
           {"system/X.r", "system/X.r system/X.r?category=a|c", "system/X.r"},
           {"openid launch/patient system/X.r nonsense", "openid system/X.rs", "openid system/X.r"},
           {"system/X.r system/X.r", "system/X.r", "system/X.r"},
       })
    EXPECT_EQ(write_scopes(intersect(parse_scopes(one.asked), parse_scopes(one.allowed))), one.granted)
        << one.asked << " of " << one.allowed;
}

TEST(Scope, IsSpelledAsTheSiteSpellsIt) {
  const scope_list list = parse_scopes(
      "openid system/Observation.c system/Observation.r system/Patient.s "
      "system/Observation.r?category=a|b system/Claim.cu");
  EXPECT_EQ(write_scopes(list, scope_spelling::v1),
            "openid system/Observation.read system/Observation.write system/Patient.read system/Claim.write");
  EXPECT_EQ(write_scopes(list, scope_spelling::bare),
            "openid Observation.create Observation.read Patient.search Claim.create Claim.update");
  EXPECT_EQ(write_scopes(parse_scopes("system/Patient.read Patient.search"), scope_spelling::v2),
            "system/Patient.rs system/Patient.s");
}

TEST(Scope, ALostScopeIsNotInForceUntilItIsGivenBack) {
  scope_book book;
  const auto everything = book.intern(parse_scopes("system/*.cruds"), "all");
  const auto captured = book.intern(epic_backend_scopes(), "epic");
  EXPECT_EQ(book.intern(parse_scopes("system/*.cruds"), "all"), everything);
  book.lose({*parse_resource_scope("system/Observation.r")});
  for (const auto& one : {everything, captured}) {
    EXPECT_FALSE(one->in_force.permits("Observation", read));
    EXPECT_TRUE(one->in_force.permits("Observation", search));
    EXPECT_TRUE(one->in_force.permits("Patient", read));
  }
  EXPECT_FALSE(
      book.intern(parse_scopes("system/Observation.rs"), "later")->in_force.permits("Observation", read));
  book.lose({*parse_resource_scope("system/*.rs")});
  EXPECT_FALSE(everything->in_force.permits("Encounter", read) || everything->in_force.permits("X", search));
  EXPECT_TRUE(everything->in_force.permits("Encounter", create));
  book.lose({*parse_resource_scope("user/Observation.r")});
  EXPECT_TRUE(captured->in_force.permits("Observation", read));
  // One category alone.
  const std::string lab =
      "system/Observation.r?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory";
  const auto narrow = book.intern(parse_scopes(lab + " system/Observation.r?category=other"), "narrow");
  book.lose({*parse_resource_scope(lab)});
  const auto resource = json::parse(R"({"category":[{"coding":[{"system":)"
                                    R"("http://terminology.hl7.org/CodeSystem/observation-category",)"
                                    R"("code":"laboratory"}]}]})");
  EXPECT_FALSE(narrow->in_force.permits("Observation", read, &*resource));
  EXPECT_TRUE(narrow->in_force.permits("Observation", read));
  book.lose({});
  EXPECT_TRUE(narrow->in_force.permits("Observation", read, &*resource));
  EXPECT_EQ(
      write_scopes(without(parse_scopes("system/X.rs system/Y.r"), {*parse_resource_scope("system/X.r")})),
      "system/X.s system/Y.r");
}

}  // namespace
}  // namespace epicenter::mock::oauth
