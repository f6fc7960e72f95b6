// The example as its users start it, against the mock: over TLS by the mock's own authority, with a real
// token.
#include <gmock/gmock.h>

#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/smart/key.hpp>
#include <filesystem>
#include <fstream>

#include "harness/cli/tests/program.hpp"

namespace epicenter::examples {
namespace {

using cli::program;
using cli::scratch;
using ::testing::HasSubstr;
using testkit::variables;

/// Runs the example to its end.
cli::finished place_order(const scratch& where, const variables& set) {
  testkit::child_process one(where, EPICENTER_PLACE_ORDER, {"patient-1", "encounter-1", "practitioner-1"},
                             set);
  const int code = one.wait();
  return {code, one.out(), one.err()};
}

/// The mock, registered for a client that the example can be.
class example : public ::testing::Test {
 protected:
  void start() {
    const auto key = smart::generate_test_key(smart::algorithm::es384).value();
    const auto pem = key.to_pem().value();
    where.write("key.pem", std::string(pem.reveal()));
    const std::string keys = where.write("keys.json", json::write(smart::jwks(std::span(&key, 1))));
    mock = std::make_unique<program>(
        where,
        std::vector<std::string>{"mock", "--profile", "orders", "--data", chart(), "--client", "example",
                                 "--jwks", keys, "--tls", "--tls-ca-out", where.file("ca.pem")});
    const auto urls = json::parse(mock->first_line());
    ASSERT_TRUE(urls) << mock->err();
    settings = {{"EPIC_BASE_URL", std::string(urls->string_at("fhir"))},
                {"EPIC_TOKEN_URL", std::string(urls->string_at("token"))},
                {"EPIC_CLIENT_ID", "example"},
                {"EPIC_PRIVATE_KEY_PATH", where.file("key.pem")},
                {"EPICENTER_CA", where.file("ca.pem")},
                {"EPICENTER_DATA", where.file("data")},
                {"EPICENTER_KEYS", where.file("keys")},
                {"EPICENTER_SITE", "orders"}};
  }

  /// A hospital of one patient with one allergy.
  std::string chart() const {
    const std::string folder = where.file("chart");
    std::filesystem::create_directory(folder);
    std::ofstream(folder + "/all.ndjson", std::ios::binary)
        << R"({"resourceType":"Patient","id":"patient-1","name":[{"family":"Lopez"}]})" << '\n'
        << R"({"resourceType":"Practitioner","id":"practitioner-1"})" << '\n'
        << R"({"resourceType":"Encounter","id":"encounter-1","status":"in-progress","class":{"code":"IMP"},)"
        << R"("subject":{"reference":"Patient/patient-1"}})" << '\n'
        << R"({"resourceType":"AllergyIntolerance","id":"allergy-1","code":{"text":"Penicillin"},)"
        << R"("clinicalStatus":{"coding":[{"system":)"
        << R"("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]},)"
        << R"("patient":{"reference":"Patient/patient-1"}})" << '\n';
    return folder;
  }

  scratch where;
  std::unique_ptr<program> mock;
  variables settings;
};

TEST_F(example, reads_the_context_and_places_the_order) {
  start();
  const auto end = place_order(where, settings);
  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_THAT(end.out, HasSubstr("allergies: 1\n"));
  EXPECT_THAT(end.out, HasSubstr("order: WRITTEN ServiceRequest/"));
  EXPECT_EQ(end.err, "");
  EXPECT_TRUE(std::filesystem::exists(where.file("data/ledger.sqlite")));
  EXPECT_TRUE(std::filesystem::exists(where.file("data/audit.sqlite")));
  EXPECT_TRUE(std::filesystem::exists(where.file("keys/ledger.key")));
}

// Without the authority of the mock its certificate is nobody's.
TEST_F(example, sends_nothing_to_a_server_that_it_cannot_verify) {
  start();
  settings.erase("EPICENTER_CA");
  const auto end = place_order(where, settings);
  EXPECT_EQ(end.exit_code, 1) << end.out;
  EXPECT_THAT(end.err, HasSubstr("authority that is not trusted here"));
}

TEST_F(example, names_every_setting_that_is_missing) {
  const auto end = place_order(where, {{"EPIC_CLIENT_ID", "example"}});
  EXPECT_EQ(end.exit_code, 2);
  for (const char* name : {"EPIC_BASE_URL", "EPIC_PRIVATE_KEY_PATH", "EPICENTER_DATA"})
    EXPECT_THAT(end.err, HasSubstr(std::string(name) + " is not set"));
}

}  // namespace
}  // namespace epicenter::examples
