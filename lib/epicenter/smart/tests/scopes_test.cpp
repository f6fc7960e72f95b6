#include <gtest/gtest.h>

#include <array>
#include <epicenter/runtime/random.hpp>
#include <epicenter/smart/scopes.hpp>

namespace epicenter::smart {
namespace {

using texts = std::vector<std::string>;

scope read(std::string_view text) {
  const auto made = parse_scope(text);
  EXPECT_TRUE(made.has_value()) << text;
  return made.value_or(scope{});
}

std::string report(const texts& wanted, const texts& granted) {
  const auto found = find_shortfalls(wanted, granted);
  if (!found) return found.error().message();
  std::string all;
  for (const shortfall& one : *found) all += one.to_string() + '\n';
  return all;
}

TEST(scope, reads_all_three_spellings) {
  EXPECT_EQ(read("system/Observation.read").allowed, can_read | can_search);
  EXPECT_EQ(read("system/Observation.write").allowed, can_create | can_update | can_delete);
  EXPECT_EQ(read("user/*.*").allowed, can_everything);
  EXPECT_EQ(read("user/*.*").context, scope_context::user);
  EXPECT_EQ(read("system/Claim.cu").allowed, can_create | can_update);
  EXPECT_EQ(read("system/*.cruds").spelling, scope_spelling::v2);
  EXPECT_EQ(read("Patient.read").allowed, can_read);
  EXPECT_EQ(read("Patient.search").allowed, can_search);
  EXPECT_EQ(read("Patient.read").context, scope_context::any);
  const scope narrow =
      read("system/Condition.c?category=http://terminology.hl7.org/CodeSystem/condition-category|problem");
  EXPECT_EQ(narrow.resource, "Condition");
  EXPECT_EQ(narrow.filters,
            texts{"category=http://terminology.hl7.org/CodeSystem/condition-category|problem"});
}

TEST(scope, refuses_what_is_none) {
  for (const char* text : {"",
                           "openid",
                           "launch/patient",
                           "system/",
                           "system/Patient",
                           "system/Patient.",
                           "system/Patient.x",
                           "system/Patient.sr",
                           "system/Patient.rr",
                           "site/Patient.r",
                           "system/patient.r",
                           "system/Pat ient.r",
                           "*.read",
                           "system/Patient.read?a=b",
                           "system/Patient.r?",
                           "system/Patient.r?a",
                           "system/Patient.r?=b",
                           "system/Patient.r?a=b&a=b",
                           "Patient.rs",
                           "system/Patient.r\n",
                           "system/P\xc3\xa4.r"})
    EXPECT_FALSE(parse_scope(text).has_value()) << text;
  EXPECT_FALSE(parse_scope("system/" + std::string(1100, 'P') + ".r").has_value());
}

TEST(scope, v1_and_v2_map_onto_each_other) {
  EXPECT_EQ(to_string(to_v2(read("system/Observation.read"))), "system/Observation.rs");
  EXPECT_EQ(to_string(to_v2(read("system/Observation.write"))), "system/Observation.cud");
  EXPECT_EQ(to_string(to_v2(read("system/Observation.*"))), "system/Observation.cruds");
  EXPECT_EQ(to_string(to_v1(read("system/Observation.rs"))), "system/Observation.read");
  EXPECT_EQ(to_string(to_v1(read("system/Observation.c"))), "system/Observation.write");
  EXPECT_EQ(to_string(to_v1(read("system/Observation.cs?category=x"))), "system/Observation.*");
  EXPECT_EQ(to_string(to_v2(read("Patient.search"))), "system/Patient.s");
}

TEST(scope, reads_back_what_it_writes) {
  runtime::random_stream draw(7);
  for (int i = 0; i != 2000; ++i) {
    scope made;
    made.resource = draw.below(2) == 0 ? "Observation" : "*";
    made.context = static_cast<scope_context>(1 + draw.below(3));
    made.allowed = static_cast<interactions>(1 + draw.below(31));
    if (draw.below(3) == 0) made.filters = {"category=a|" + std::to_string(draw.below(9)), "z=1"};
    EXPECT_EQ(read(to_string(made)), made);
    const scope coarse = to_v1(made);
    EXPECT_EQ(coarse.allowed & made.allowed, made.allowed);
    EXPECT_EQ(to_v1(coarse), coarse);
  }
}

TEST(scope_report, nothing_is_missing_where_all_was_granted_in_any_spelling) {
  EXPECT_EQ(report({"system/Observation.rs"}, {"system/Observation.read"}), "");
  EXPECT_EQ(report({"system/Observation.read"}, {"system/Observation.r", "system/Observation.s"}), "");
  EXPECT_EQ(report({"system/Patient.rs"}, {"Patient.read", "Patient.search"}), "");
  EXPECT_EQ(report({"system/Patient.rs"}, {"openid", "system/*.rs"}), "");
  EXPECT_EQ(report({"system/Condition.c?category=a|b"}, {"system/Condition.c"}), "");
  EXPECT_EQ(report({"system/Condition.c?category=a|b"}, {"system/Condition.c?category=a|b"}), "");
}

TEST(scope_report, names_each_resource_and_interaction_that_the_site_kept_back) {
  EXPECT_EQ(report({"system/ServiceRequest.c", "system/Observation.crs"}, {"system/Observation.read"}),
            "ServiceRequest: create not granted\nObservation: create not granted\n");
  EXPECT_EQ(report({"system/Patient.rs"}, {"Patient.read"}), "Patient: search not granted\n");
  EXPECT_EQ(report({"system/Patient.r"}, {"patient/Patient.r"}), "Patient: read not granted\n");
  EXPECT_EQ(report({"system/*.r"}, {"system/Patient.r"}), "*: read not granted\n");
  EXPECT_EQ(report({"system/Patient.r"}, {}), "Patient: read not granted\n");
}

TEST(scope_report, tells_a_part_from_the_whole) {
  EXPECT_EQ(report({"system/Condition.cru"}, {"system/Condition.r", "system/Condition.c?category=a|b"}),
            "Condition: update not granted; create granted in part only (c for category=a|b)\n");
  EXPECT_EQ(report({"system/Condition.c?category=a|b"}, {"system/Condition.c?category=a|c"}),
            "Condition: create granted in part only (c for category=a|c)\n");
  // The same right, once whole and once for a part, as Epic's sandbox grants it: nothing is missing.
  EXPECT_EQ(report({"system/Condition.r"}, {"system/Condition.r?category=a|b", "system/Condition.r"}), "");
}

TEST(scope_report, a_wish_that_is_no_scope_is_an_error) {
  EXPECT_NE(report({"system/Patient.write?x"}, {}).find("system/Patient.write?x"), std::string::npos);
}

}  // namespace
}  // namespace epicenter::smart
