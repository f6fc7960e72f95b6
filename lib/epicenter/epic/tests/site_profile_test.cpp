#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/random.hpp>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

wall_time at(std::string_view text) {
  return parse_fhir_time(text).value();
}

TEST(SiteZone, KnowsWhenSummerBeginsAndEnds) {
  const auto chicago = site_zone::parse("CST6CDT,M3.2.0,M11.1.0").value();
  EXPECT_EQ(chicago.offset_at(at("2026-03-08T07:59:59Z")), -6h);
  EXPECT_EQ(chicago.offset_at(at("2026-03-08T08:00:00Z")), -5h);
  EXPECT_EQ(chicago.offset_at(at("2026-11-01T06:59:59Z")), -5h);
  EXPECT_EQ(chicago.offset_at(at("2026-11-01T07:00:00Z")), -6h);
  const auto sydney = site_zone::parse("AEST-10AEDT,M10.1.0,M4.1.0/3").value();
  EXPECT_EQ(sydney.offset_at(at("2026-01-15T00:00:00Z")), 11h);
  EXPECT_EQ(sydney.offset_at(at("2026-07-15T00:00:00Z")), 10h);
  EXPECT_EQ(site_zone::parse("<+0330>-3:30").value().offset_at({}), 3h + 30min);
  EXPECT_EQ(site_zone::parse("-06:00").value().offset_at({}), -6h);
  EXPECT_EQ(format_fhir_time(at("2026-10-05T14:03:10Z"), chicago), "2026-10-05T09:03:10-05:00");
  EXPECT_EQ(chicago.next_midnight(at("2026-10-05T23:00:00Z")), at("2026-10-06T05:00:00Z"));
  EXPECT_EQ(chicago.next_midnight(at("2026-10-06T05:00:00Z")), at("2026-10-07T05:00:00Z"));
}

TEST(SiteZone, FindsTheNextMidnightWhereClocksAreSetBackOverIt) {
  const auto zone = site_zone::parse("AAA0BBB-1,M3.2.0/0:30,M11.1.0/0:30").value();
  const wall_time back = at("2026-10-31T23:30:00Z");  // shows 00:30, then 23:30 once more
  EXPECT_EQ(zone.offset_at(back), 0s);
  EXPECT_EQ(zone.next_midnight(back + 10min), at("2026-11-01T00:00:00Z"));
}

TEST(SiteZone, RefusesWhatItCannotRead) {
  for (const auto* bad : {"", "America/Chicago", "CST", "CST6CDT", "CST6CDT,M3.2.0",
                          "CST6CDT,M13.2.0,M11.1.0", "CST6CDT,M3.2.7,M11.1.0", "CST6CDT,J60,J300", "+25",
                          "+16:00", "AAA0BBB-9,M3.2.0,M11.1.0", "+1:60", "C6", "CST6 "}) {
    EXPECT_FALSE(site_zone::parse(bad)) << bad;
  }
}

TEST(SiteZone, ShowsATimeAndReadsItBack) {
  const unsigned seed = 20261005;
  runtime::random_stream random(seed);
  for (const auto* rule : {"CST6CDT,M3.2.0,M11.1.0", "AEST-10AEDT,M10.1.0,M4.1.0/3", "UTC", "+05:30"}) {
    const auto zone = site_zone::parse(rule).value();
    for (int i = 0; i < 2000; ++i) {
      const wall_time when(std::chrono::seconds(static_cast<std::int64_t>(random.below(4'000'000'000ULL))));
      EXPECT_EQ(parse_fhir_time(format_fhir_time(when, zone)), when) << rule << ", seed " << seed;
      const wall_time shown = when + zone.offset_at(when);
      const wall_time back = zone.from_local(shown);
      EXPECT_EQ(back + zone.offset_at(back), shown) << rule << ", seed " << seed;
      EXPECT_LE(back, when) << "the first where it is shown twice";
      const wall_time midnight = zone.next_midnight(when);
      EXPECT_GT(midnight, when);
      EXPECT_LE(midnight - when, 25h);
    }
  }
}

json::value statement(std::string_view resources) {
  std::string text = R"({"resourceType":"CapabilityStatement","rest":[{"mode":"server","resource":[)";
  text += resources;
  text += "]}]}";
  return json::parse(text).value();
}

constexpr std::string_view as_epic_declares =
    R"({"type":"Patient","interaction":[{"code":"read"},{"code":"search-type"}]},)"
    R"({"type":"AllergyIntolerance","interaction":[{"code":"create"},{"code":"read"},{"code":"search-type"}]},)"
    R"({"type":"Condition","interaction":[{"code":"create"},{"code":"read"},{"code":"search-type"}]},)"
    R"({"type":"MedicationRequest","interaction":[{"code":"read"},{"code":"search-type"}]},)"
    R"({"type":"ServiceRequest","interaction":[{"code":"create"},{"code":"read"},{"code":"search-type"}]},)"
    R"({"type":"Observation","interaction":[{"code":"create"},{"code":"read"},{"code":"search-type"}]})";

TEST(SiteProfile, TakesADeclarationForNoMoreThanItIs) {
  const auto site = profile_from(statement(as_epic_declares), site_profile::epic()).value();
  EXPECT_TRUE(site.of(operation_kind::add_allergy).allowed);
  EXPECT_TRUE(site.of(operation_kind::patient_context).allowed);
  EXPECT_FALSE(site.of(operation_kind::order_lab).allowed) << "declared, and refused with 403 all the same";
  EXPECT_THAT(site.of(operation_kind::order_lab).reason, testing::HasSubstr("403"));
  EXPECT_FALSE(site.of(operation_kind::immunizations).allowed);
  EXPECT_THAT(site.of(operation_kind::file_note).reason, testing::HasSubstr("DocumentReference"));
  EXPECT_FALSE(site.versions);
  EXPECT_TRUE(site.identifiers_searchable.empty()) << "a declared search says nothing of what is kept";
  EXPECT_TRUE(site.readable.contains("Observation"));
  EXPECT_TRUE(profile_from(statement(as_epic_declares), site_profile::orders())
                  ->of(operation_kind::order_lab)
                  .allowed);
  EXPECT_FALSE(profile_from(statement(as_epic_declares), site_profile::orders())
                   ->of(operation_kind::order_medication)
                   .allowed);
}

TEST(SiteProfile, IsOverruledByConfigurationThatIsReadStrictly) {
  const auto set = [](std::string_view text) {
    return override_profile(site_profile::epic(), json::parse(text).value());
  };
  const auto site = set(R"({"operations":{"order_lab":true,"file_note":"by the other system"},
      "identifiers_searchable":["ServiceRequest"],"holding_tank":[],"versions":true,
      "time_zone":"CST6CDT,M3.2.0,M11.1.0"})")
                        .value();
  EXPECT_TRUE(site.of(operation_kind::order_lab).allowed);
  EXPECT_EQ(site.of(operation_kind::file_note).reason, "by the other system");
  EXPECT_TRUE(site.identifiers_searchable.contains("ServiceRequest"));
  EXPECT_TRUE(site.holding_tank.empty());
  EXPECT_TRUE(site.versions);
  EXPECT_NE(site.zone.offset_at({}), 0s);
  EXPECT_TRUE(set(R"({"profile":"orders"})")->of(operation_kind::order_medication).allowed);
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"operation":{}})", "operation: there is no such key"},
      {R"({"operations":{"order_labs":true}})", "operations.order_labs: there is no such operation"},
      {R"({"operations":{"order_lab":1}})", "operations.order_lab: must be"},
      {R"({"identifiers_searchable":"all"})", "identifiers_searchable: must be a list"},
      {R"({"holding_tank":["condition"]})", "holding_tank: holds something"},
      {R"({"versions":"no"})", "versions: must be"},
      {R"({"time_zone":"America/Chicago"})", "time_zone: the time zone"},
      {R"({"profile":"strict"})", "profile: must be"},
      {R"([])", "must be an object"},
  };
  for (const auto& [text, sentence] : wrong) {
    const auto refused = set(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().message(), testing::HasSubstr(sentence));
  }
}

task<> refused_everywhere(world& w) {
  const auto lab = co_await w.epic().order_lab(w.order());
  EXPECT_EQ(lab.error(), make_error_code(errc::not_supported));
  EXPECT_THAT(lab.error().message(), testing::HasSubstr("403"));
  medication_order drug;
  drug.who = w.writing("op-m");
  const auto rx = co_await w.epic().order_medication(std::move(drug));
  EXPECT_EQ(rx.error(), make_error_code(errc::not_supported));
  imaging_order image;
  image.who = w.writing("op-i");
  const auto imaging = co_await w.epic().order_imaging(std::move(image));
  EXPECT_EQ(imaging.error(), make_error_code(errc::not_supported));
  const auto notes = co_await w.epic().notes(w.reading());
  EXPECT_EQ(notes.error(), make_error_code(errc::not_supported));
  EXPECT_THAT(notes.error().message(), testing::HasSubstr("not licensed"));
  const auto context = co_await w.epic().patient_context(w.reading());
  EXPECT_EQ(context.error(), make_error_code(errc::not_supported));
}

TEST(SiteProfile, KeepsWhatTheSiteCannotDoOffTheWire) {
  world w;
  w.options.site = site_profile::epic();
  w.options.site.of(operation_kind::notes) = {false, "not licensed"};
  w.options.site.of(operation_kind::patient_context) = {false, "not licensed"};
  w.run(refused_everywhere);
  EXPECT_TRUE(w.epic_site.requests.empty()) << "not even for a token";
  EXPECT_TRUE(w.paths.empty()) << "and no row";
  EXPECT_EQ(w.audit->size(), 0U);
}

TEST(SiteProfile, IsLearnedFromTheSiteAndOverruledByWhoKnowsBetter) {
  world w;
  w.options.site = site_profile::epic();
  w.options.site_overrides = json::parse(R"({"operations":{"order_lab":true}})").value();
  w.epic_site.capabilities = statement(as_epic_declares);
  const auto body = [](world& here) -> task<> {
    const instant deadline = here.now() + 5s;
    const auto learned = co_await here.epic().learn_site(deadline);
    EXPECT_TRUE(learned);
    EXPECT_TRUE(here.epic().site().of(operation_kind::order_lab).allowed);
    const auto seen = co_await here.epic().immunizations(here.reading());
    EXPECT_EQ(seen.error(), make_error_code(errc::not_supported));
    here.epic_site.capabilities = json::object{{"resourceType", "Bundle"}, {"type", "searchset"}};
    const auto nonsense = co_await here.epic().learn_site(deadline);
    EXPECT_EQ(nonsense.error(), make_error_code(errc::protocol));
    EXPECT_TRUE(here.epic().site().of(operation_kind::order_lab).allowed) << "what was known is kept";
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.count("GET", "/metadata"), 2U);
  EXPECT_TRUE(w.epic_site.requests.front().authorization.empty());
}

// Half of a statement during an upgrade, then the whole one again.
TEST(SiteProfile, IsNotNarrowedForEverByOneOddStatement) {
  world w;
  w.options.site = site_profile::orders();
  const auto body = [](world& here) -> task<> {
    const instant deadline = here.now() + 5s;
    here.epic_site.capabilities = statement(R"({"type":"Patient","interaction":[{"code":"read"}]})");
    const auto odd = co_await here.epic().learn_site(deadline);
    EXPECT_TRUE(odd);
    const auto refused = co_await here.epic().order_lab(here.order("op-1"));
    EXPECT_EQ(refused.error(), make_error_code(errc::not_supported));
    here.epic_site.capabilities = statement(as_epic_declares);
    const auto whole = co_await here.epic().learn_site(deadline);
    EXPECT_TRUE(whole);
    const auto written = co_await here.epic().order_lab(here.order("op-2"));
    EXPECT_TRUE(written);
  };
  w.run(body);
}

}  // namespace
}  // namespace epicenter::epic::test
