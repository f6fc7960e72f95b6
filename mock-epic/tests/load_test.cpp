#include "mock-epic/data/load.hpp"

#include <fstream>

#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

namespace fs = std::filesystem;
using fhir::type_id;

class Load : public testing::Test {
 protected:
  Load() {
    std::string name = (fs::temp_directory_path() / "epicenter_load_XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~Load() override { fs::remove_all(folder); }
  void write(const std::string& name, std::string_view text) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  data::hospital load() {
    auto loaded = data::load_directory(folder);
    EXPECT_TRUE(loaded) << loaded.error().message();
    data::hospital_options options;
    options.today = today;
    return data::hospital(loaded ? std::move(*loaded) : data::loaded(), options);
  }
  std::string refusal(std::error_code code) {
    const auto loaded = data::load_directory(folder);
    EXPECT_FALSE(loaded);
    if (loaded) return {};
    EXPECT_EQ(loaded.error().code(), code) << loaded.error().message();
    return loaded.error().detail();
  }
  fs::path folder;
};

constexpr std::string_view synthea_patient =
    R"({"resourceType":"Bundle","type":"transaction","entry":[)"
    R"({"fullUrl":"urn:uuid:p-1","resource":{"resourceType":"Patient","id":"p-1","meta":{"versionId":"1","profile":["x"]},)"
    R"("identifier":[{"system":"https://synthea","value":"syn-1"},{"type":{"coding":[{"code":"MR"}]},"system":"http://h","value":"mr-1"}],)"
    R"("name":[{"use":"official","family":"Aufderhar910","given":["Ana","Maria"]}],"gender":"female","birthDate":"1980-02-29",)"
    R"("telecom":[{"system":"phone","value":"555-1","use":"home"}],"address":[{"line":["1 Road"],"city":"Boston","state":"MA","postalCode":"02115"}]},)"
    R"("request":{"method":"POST","url":"Patient"}},)"
    R"({"fullUrl":"urn:uuid:o-1","resource":{"resourceType":"Observation","id":"o-1","status":"final","code":{"text":"x"},)"
    R"("subject":{"reference":"urn:uuid:p-1"},"encounter":{"reference":"urn:uuid:e-1"},"valueQuantity":{"value":120.50}}},)"
    R"({"fullUrl":"urn:uuid:e-1","resource":{"resourceType":"Encounter","id":"e-1","status":"finished","class":{"code":"AMB"},)"
    R"("subject":{"reference":"urn:uuid:p-1"},"participant":[{"individual":)"
    R"({"reference":"Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99","display":"Dr. X"}}],)"
    R"("serviceProvider":{"reference":"Organization?identifier=https://unknown|7","display":"H"}}}]})";

constexpr std::string_view practitioners =
    R"({"resourceType":"Bundle","type":"batch","entry":[{"fullUrl":"urn:uuid:d","resource":{"resourceType":"Practitioner",)"
    R"("id":"d","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"99"}]}}]})";

TEST_F(Load, TakesWhatSyntheaWrites) {
  write("fhir/Ana.json", synthea_patient);
  write("fhir/practitionerInformation1.json", practitioners);
  const data::hospital hospital = load();
  ASSERT_EQ(hospital.size(), 1U);
  EXPECT_EQ(hospital.key(0).patient, "p-1");
  EXPECT_EQ(hospital.key(0).encounter, "e-1");
  const auto chart = hospital.chart(0);
  ASSERT_EQ(chart.size(), 3U);
  const json::value patient = json::parse(chart[0].text).value();
  EXPECT_FALSE(patient.at_path("meta.versionId"));
  EXPECT_TRUE(patient.at_path("meta.profile"));
  const json::value result = json::parse(chart[1].text).value();
  EXPECT_EQ(result.string_at("subject.reference"), "Patient/p-1");
  EXPECT_EQ(result.string_at("encounter.reference"), "Encounter/e-1");
  EXPECT_EQ(result.at_path("valueQuantity.value")->if_number()->text, "120.50");
  const json::value visit = json::parse(chart[2].text).value();
  EXPECT_EQ(visit.string_at("participant.0.individual.reference"), "Practitioner/d");
  EXPECT_FALSE(visit.at_path("serviceProvider.reference"));
  EXPECT_EQ(visit.string_at("serviceProvider.identifier.value"), "7");
  EXPECT_EQ(visit.string_at("serviceProvider.identifier.system"), "https://unknown");
  EXPECT_EQ(hospital.shared().size(), 1U);
  EXPECT_EQ(hospital.holders_of("syn-1"), std::vector<std::size_t>{0});
  EXPECT_TRUE(hospital.holders_of("99").empty());
  const data::demographics who = hospital.who(0);
  EXPECT_EQ(who.family + who.given + who.middle + who.mrn + who.postal_code, "Aufderhar910AnaMariamr-102115");
  EXPECT_EQ(hospital.find_people([](const data::demographics& one) { return one.birth_date == "1980-02-29"; })
                .size(),
            1U);
}

TEST_F(Load, TheStoreServesLoadedCharts) {
  write("Patient.ndjson",
        "{\"resourceType\":\"Patient\",\"id\":\"1\"}\r\n\n{\"resourceType\":\"Patient\",\"id\":\"2\"}\n");
  // Ids are unique within a type only.
  write("Observation.ndjson",
        R"({"resourceType":"Observation","id":"1","status":"final","subject":{"reference":"Patient/2"}})");
  write(
      "a/Group.json",
      R"({"resourceType":"Group","id":"g","member":[{"entity":{"reference":"https://x/fhir/Patient/2"}}]})");
  write("b/notes.txt", "not read");
  fhir::store store(load());
  EXPECT_EQ(store.find(type_id::patient, "1")->patient(), "1");
  EXPECT_EQ(store.find(type_id::observation, "1")->patient(), "2");
  EXPECT_FALSE(store.find(type_id::observation, "2"));
  EXPECT_EQ(store.of_patient(type_id::observation, "2").size(), 1U);
  EXPECT_TRUE(store.of_patient(type_id::observation, "1").empty());
  EXPECT_EQ(store.of_type(type_id::patient).size(), 2U);
  EXPECT_EQ(store.hospital().members_of("g"), std::vector<std::size_t>{1});
  EXPECT_FALSE(store.hospital().members_of("h"));
}

TEST_F(Load, GivesIdsWhereThereAreNone) {
  write("x.json", R"({"resourceType":"Bundle","type":"collection","entry":[)"
                  R"({"fullUrl":"urn:uuid:5c1d","resource":{"resourceType":"Patient"}},)"
                  R"({"resource":{"resourceType":"Condition","subject":{"reference":"urn:uuid:5c1d"}}}]})");
  const data::hospital hospital = load();
  EXPECT_EQ(hospital.key(0).patient, "5c1d");
  ASSERT_EQ(hospital.chart(0).size(), 2U);
  EXPECT_FALSE(hospital.chart(0)[1].id.empty());
}

TEST_F(Load, TheSameTwiceIsTakenOnceAndTwoUnderOneIdNever) {
  write("a.json", R"({"resourceType":"Patient","id":"1","active":true})");
  write("b.json", R"({"resourceType":"Patient","id":"1","active":true})");
  EXPECT_EQ(load().size(), 1U);
  write("c.json", R"({"resourceType":"Patient","id":"1","active":false})");
  EXPECT_NE(refusal(data::errc::does_not_fit).find("c.json"), std::string::npos);
}

TEST_F(Load, ErrorsNameFileLineAndCause) {
  struct row {
    std::string name, text, where;
    data::errc code;
  };
  const std::string good = R"({"resourceType":"Patient","id":"1"})";
  for (
      const row& one : std::vector<row>{
          {"a.ndjson", good + "\n{\"resourceType\":", "a.ndjson:2", data::errc::not_json},
          {"a.ndjson", good + "\n{\"resourceType\":\"Planet\",\"id\":\"2\"}", "a.ndjson:2",
           data::errc::not_fhir},
          {"a.json", "[1]", "a.json", data::errc::not_fhir},
          {"a.json", R"({"resourceType":"Patient","id":"no id"})", "a.json: Patient.id",
           data::errc::not_fhir},
          {"a.json", R"({"resourceType":"Bundle","type":"message","entry":[]})", "a.json",
           data::errc::not_fhir},
          {"a.json", R"({"resourceType":"Bundle","type":"batch","entry":[{"request":{}}]})",
           "a.json: entry 0", data::errc::not_fhir},
          {"a.json",
           R"({"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Basic","subject":{"reference":"urn:uuid:0"}}}]})",
           "a.json: entry 0: Basic subject.reference", data::errc::does_not_fit},
          {"a.json", R"({"resourceType":"Basic","id":"1"})", "no Patient", data::errc::does_not_fit},
          {"a.txt", "", "no *.json", data::errc::cannot_read}}) {
    for (const auto& old : fs::directory_iterator(folder)) fs::remove_all(old);
    write(one.name, one.text);
    const std::string detail = refusal(one.code);
    EXPECT_NE(detail.find(one.where), std::string::npos) << detail;
  }
  fs::remove_all(folder);
  refusal(data::errc::cannot_read);
}

TEST_F(Load, KeepsItsBounds) {
  write("a.ndjson",
        "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\"2\"}\n");
  write("b.json", R"({"resourceType":"Basic","id":"1"})");
  const auto refused = [&](const data::load_limits& limits) {
    const auto loaded = data::load_directory(folder, limits);
    return !loaded && loaded.error().code() == data::errc::too_large;
  };
  data::load_limits limits;
  EXPECT_FALSE(refused(limits));
  limits.files = 1;
  EXPECT_TRUE(refused(limits));
  limits = {};
  limits.file_bytes = 40;
  EXPECT_TRUE(refused(limits));
  limits = {};
  limits.total_bytes = 80;
  EXPECT_TRUE(refused(limits));
  limits = {};
  limits.resources = 2;
  EXPECT_TRUE(refused(limits));
}

}  // namespace
}  // namespace epicenter::mock::test
