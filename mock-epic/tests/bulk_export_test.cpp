#include <algorithm>

#include "mock-epic/tests/bulk_fixture.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;

class bulk_export : public bulk_fixture {};
class strict_bulk_export : public bulk_fixture {
 protected:
  strict_bulk_export() : bulk_fixture(false) {}
};

TEST_F(bulk_export, lives_from_kick_off_to_deletion) {
  const fhir::answer accepted = kick_off("/$export");
  const std::string url = url_of(accepted);
  EXPECT_TRUE(
      url.starts_with("http://ehr.example:8080/interconnect-fhir-oauth/api/FHIR/BulkRequest/0000000000"))
      << url;

  const fhir::answer waiting = visit(url);
  EXPECT_EQ(waiting.response.status, 202U);
  EXPECT_EQ(waiting.response.body, "");
  EXPECT_EQ(waiting.response.fields.get("X-Progress"), "0 of 20 patients, 0 resources");
  EXPECT_EQ(waiting.response.fields.get("Retry-After"), "1");

  now += 5ms;
  const fhir::answer running = visit(url);
  EXPECT_EQ(running.response.status, 202U);
  EXPECT_NE(running.response.fields.get("X-Progress"), waiting.response.fields.get("X-Progress"));

  now += 1s;
  const fhir::answer done = visit(url);
  ASSERT_EQ(done.response.status, 200U) << done.response.body;
  EXPECT_EQ(done.response.fields.get("Content-Type"), "application/json");
  EXPECT_EQ(done.response.fields.get("Expires"), "Mon, 19 Jan 2026 00:00:01 GMT");
  const json::value manifest = json::parse(done.response.body).value();
  EXPECT_EQ(manifest.string_at("transactionTime"), "2026-01-05T00:00:00.000Z");
  EXPECT_EQ(manifest.string_at("request"),
            std::string("http://ehr.example:8080") + std::string(fhir_path) + "/$export");
  EXPECT_EQ(*manifest.find("requiresAccessToken"), json::value(true));
  EXPECT_TRUE(manifest.find("error")->if_array()->empty());
  EXPECT_EQ(manifest.find("deleted"), nullptr);
  EXPECT_EQ(sorted(lines_of(manifest)), sorted(whole_hospital()));
  EXPECT_EQ(visit(url).response.body, done.response.body);

  const std::string file(manifest.string_at("output.0.url"));
  EXPECT_EQ(visit(url, "DELETE").response.status, 202U);
  for (const std::string& gone : {url, file}) {
    const fhir::answer got = visit(gone);
    EXPECT_EQ(got.response.status, 404U);
    EXPECT_EQ(json::parse(got.response.body).value().string_at("resourceType"), "OperationOutcome");
  }
  EXPECT_EQ(visit(url, "DELETE").response.status, 404U);
}

TEST_F(bulk_export, is_cancelled_while_it_runs) {
  const std::string url = url_of(kick_off("/$export"));
  EXPECT_EQ(visit(url).response.status, 202U);
  EXPECT_EQ(visit(url, "DELETE").response.status, 202U);
  EXPECT_EQ(visit(url).response.status, 404U);
  EXPECT_EQ(engine.exporter().jobs(), 0U);
}

TEST_F(bulk_export, expires_with_its_files) {
  const std::string url = url_of(kick_off("/$export"));
  const json::value manifest = manifest_of(url);
  const std::string file(manifest.string_at("output.0.url"));
  now += 14 * 24h - 1ms;
  EXPECT_EQ(visit(file).response.status, 200U);
  now += 1ms;
  EXPECT_EQ(visit(file).response.status, 404U);
  EXPECT_EQ(visit(url).response.status, 404U);
}

TEST_F(bulk_export, that_nobody_asks_about_expires_too) {
  url_of(kick_off("/$export"));
  now += 14 * 24h;
  url_of(kick_off("/$export"));
  EXPECT_EQ(engine.exporter().jobs(), 1U);
}

TEST_F(bulk_export, holds_the_hospital_as_it_was_whatever_is_written_meanwhile) {
  file_group({1});
  const auto before = whole_hospital();
  const std::string url = url_of(kick_off("/$export"));
  now += 10ms;
  EXPECT_EQ(visit(url).response.status, 202U);
  const auto patient = engine.store().find(type_id::patient, key(19).patient);
  json::object content = *patient->value().if_object();
  content.set("active", false);
  engine.store().replace(*patient, patient->patient(), content, today + 1s);
  engine.store().erase(*engine.store().find(type_id::encounter, key(0).encounter), today + 1s);
  engine.store().erase(*engine.store().find(type_id::group, "group-1"), today + 1s);
  json::object added{{"resourceType", "Basic"}, {"id", "basic-1"}};
  engine.store().file(type_id::basic, "basic-1", key(1).patient, std::move(added), true, today + 1s);
  EXPECT_EQ(sorted(lines_of(manifest_of(url))), sorted(before));
}

TEST_F(bulk_export, finds_what_moved_to_another_patient_once_and_what_waits_never) {
  const auto patient = key(2).patient;
  const auto moved = engine.store().of_patient(type_id::condition, patient).front();
  engine.store().replace(*moved, key(5).patient, *moved->value().if_object(), today + 1s);
  json::object held{{"resourceType", "Condition"}, {"id", "held-1"}};
  engine.store().file(type_id::condition, "held-1", patient, std::move(held), false, today);
  const auto lines = export_all("/$export?_type=Condition");
  const auto count = [&](const std::string& id) {
    return std::count_if(lines.begin(), lines.end(),
                         [&](const std::string& one) { return json::parse(one)->string_at("id") == id; });
  };
  EXPECT_EQ(count(moved->id()), 1);
  EXPECT_EQ(count("held-1"), 0);
}

TEST_F(bulk_export, of_a_group_holds_its_members_and_nobody_else) {
  const std::string group = file_group({2, 7, 11});
  const auto lines = export_all("/Group/" + group + "/$export");
  std::vector<std::string> expected;
  for (const std::size_t one : {2U, 7U, 11U})
    for (const auto& r : engine.store().chart_of(key(one).patient))
      expected.push_back(fhir::served_text(*r, true));
  // What charts refer to comes with them.
  for (const auto& r : engine.store().made_shared())
    if (bulk::is_associated(r->type())) expected.push_back(fhir::served_text(*r, true));
  EXPECT_EQ(sorted(lines), sorted(expected));
  EXPECT_EQ(kick_off("/Group/nobody/$export").response.status, 404U);
}

TEST_F(bulk_export, of_the_hospitals_own_groups_holds_every_member) {
  std::size_t groups = 0;
  for (const auto& group : engine.store().made_shared()) {
    if (group->type() != type_id::group) continue;
    ++groups;
    std::set<std::string> expected, found;
    const auto members = engine.store().hospital().members_of(group->id());
    ASSERT_TRUE(members);
    for (const std::size_t one : *members) expected.insert(key(one).patient);
    for (const std::string& line : export_all("/Group/" + group->id() + "/$export?_type=Patient"))
      found.insert(std::string(json::parse(line)->string_at("id")));
    EXPECT_EQ(found, expected) << group->id();
  }
  EXPECT_GT(groups, 0U);
}

TEST_F(bulk_export, holds_what_the_token_allows) {
  granted all;
  allowed = &all;
  const std::string code(engine.store()
                             .of_patient(type_id::condition, key(0).patient)
                             .front()
                             ->value()
                             .string_at("code.coding.0.code"));
  granted some;
  some.types = {type_id::condition, type_id::patient};
  some.condition_code = code;
  allowed = &some;
  for (const std::string& line : export_all("/$export")) {
    const json::value one = json::parse(line).value();
    if (one.string_at("resourceType") == "Patient") continue;
    EXPECT_EQ(one.string_at("resourceType"), "Condition");
    EXPECT_EQ(one.string_at("code.coding.0.code"), code);
  }
  const fhir::answer refused = kick_off("/$export?_type=Patient,Observation");
  EXPECT_EQ(refused.response.status, 403U);
  EXPECT_EQ(epic_code(refused), "59130");
  granted patient;
  patient.of_patient = key(0).patient;
  allowed = &patient;
  EXPECT_EQ(kick_off("/$export").response.status, 403U);
}

TEST_F(bulk_export, is_its_clients_own) {
  granted mine("mine"), other("other");
  allowed = &mine;
  const std::string url = url_of(kick_off("/$export"));
  const json::value manifest = manifest_of(url);
  const std::string file(manifest.string_at("output.0.url"));
  allowed = &other;
  for (const std::string& one : {url, file}) EXPECT_EQ(visit(one).response.status, 403U);
  EXPECT_EQ(visit(url, "DELETE").response.status, 403U);
  allowed = &mine;
  EXPECT_EQ(visit(file).response.status, 200U);
}

TEST_F(bulk_export, answers_only_the_methods_and_paths_it_has) {
  const std::string url = url_of(kick_off("/$export"));
  EXPECT_EQ(visit(url, "POST").response.status, 405U);
  EXPECT_EQ(visit(url + "/x").response.status, 404U);
  const json::value manifest = manifest_of(url);
  EXPECT_EQ(visit(manifest.string_at("output.0.url"), "DELETE").response.status, 405U);
  EXPECT_EQ(visit(url + "/x/y").response.status, 404U);
  EXPECT_FALSE(engine.exporter().owns("/interconnect-fhir-oauth/api/FHIR/BulkRequest"));
  EXPECT_FALSE(engine.exporter().owns("/interconnect-fhir-oauth/api/FHIR/R4/Patient"));
}

TEST_F(bulk_export, limits_a_clients_running_jobs_and_forgets_the_oldest_of_all) {
  std::vector<std::string> urls;
  for (int i = 0; i < 8; ++i) urls.push_back(url_of(kick_off("/$export?_type=Patient")));
  const fhir::answer refused = kick_off("/$export");
  EXPECT_EQ(refused.response.status, 429U);
  EXPECT_EQ(refused.response.fields.get("Retry-After"), "60");
  now += 10s;  // time enough for all of them, though nobody polls
  for (int i = 0; i < 60; ++i) {
    urls.push_back(url_of(kick_off("/$export?_type=Patient")));
    now += 10s;
  }
  EXPECT_EQ(engine.exporter().jobs(), 64U);
  EXPECT_EQ(visit(urls.front()).response.status, 404U);
  EXPECT_EQ(visit(urls.back()).response.status, 200U);
}

TEST_F(strict_bulk_export, knows_groups_only) {
  for (const std::string_view path : {"/$export", "/Patient/$export"}) {
    const fhir::answer refused = kick_off(path);
    EXPECT_EQ(refused.response.status, 404U);
    EXPECT_EQ(refused.response.fields.get("Content-Type"), "text/html");
  }
  const std::string group = file_group({1});
  const json::value manifest = manifest_of(url_of(kick_off("/Group/" + group + "/$export")));
  EXPECT_EQ(manifest.string_at("requiresAccessToken"), "true");
  EXPECT_FALSE(lines_of(manifest).empty());
}

TEST_F(strict_bulk_export, writes_binaries_only_where_they_are_asked_for) {
  const std::string group = file_group({1});
  json::object page{
      {"resourceType", "Binary"}, {"id", "page-1"}, {"contentType", "text/html"}, {"data", "PGI+"}};
  engine.store().file(type_id::binary, "page-1", key(1).patient, std::move(page), true, today);
  const auto count = [&](std::string_view query) {
    const auto lines = export_all(fmt::format("/Group/{}/$export{}", group, query));
    return std::count_if(lines.begin(), lines.end(),
                         [](const std::string& l) { return type_of(l) == "Binary"; });
  };
  EXPECT_EQ(count(""), 0);
  const auto pages = engine.store().of_patient(type_id::binary, key(1).patient).size();
  EXPECT_EQ(static_cast<std::size_t>(count("?_type=Patient,Binary")), pages);
}

}  // namespace
}  // namespace epicenter::mock::test
